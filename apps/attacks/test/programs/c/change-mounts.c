// Takes mounts away, makes some, and changes what they allow; by the old calls and the new ones.
#include "attack.h"
#include <sys/mount.h>

// struct mount_attr, and numbers that every architecture has in common.
struct attributes { unsigned long long set, clear, propagation, user_namespace; };
enum { OPEN_TREE = 428, MOVE_MOUNT = 429, FSOPEN = 430, FSMOUNT = 432, MOUNT_SETATTR = 442 };

int main(void) {
  told("uncover /proc/keys", umount2("/proc/keys", MNT_DETACH));
  told("take /usr away", umount2("/usr", MNT_DETACH));
  told("take the root away", umount2("/", MNT_DETACH));
  told("/usr writable", mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
  told("the root writable", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
  struct attributes writable = {.clear = 1};
  told("/usr writable by attributes", syscall(MOUNT_SETATTR, AT_FDCWD, "/usr", 0, &writable, sizeof writable));
  told("/tmp for programs and devices", mount(NULL, "/tmp", NULL, MS_REMOUNT, "size=1g"));
  told("/usr somewhere else", mount("/usr", "/tmp", NULL, MS_BIND, NULL));
  told("a tmpfs on /tmp", mount("none", "/tmp", "tmpfs", 0, NULL));
  told("a /proc on /tmp", mount("none", "/tmp", "proc", 0, NULL));
  told("a /sys on /tmp", mount("none", "/tmp", "sysfs", 0, NULL));
  told("shared mounts", mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
  told("a copy of the tree", syscall(OPEN_TREE, AT_FDCWD, "/", 1 | O_CLOEXEC));
  told("a file system", syscall(FSOPEN, "tmpfs", 0));
  told("another root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
  int outside = open("/", O_RDONLY | O_DIRECTORY);
  if (chroot("/tmp") < 0) told("out by chroot", -1);
  else {
    // The old way out: the working folder is now above the root.
    fchdir(outside);
    told("out by chroot", chdir(".."));
  }
  return 0;
}
