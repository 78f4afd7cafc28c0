import { expect, test } from "bun:test";
import { isSyscallError } from "../../../src/errno.ts";
import {
  LANDLOCK_ACCESS_FS,
  LANDLOCK_RULE,
  landlockAbi,
  landlockAddRule,
  landlockCreateRuleset,
} from "../../../src/linux/landlock.ts";
import { LANDLOCK_PATH_BENEATH_ATTR_LAYOUT, LANDLOCK_RULESET_ATTR_ABI1_LAYOUT } from "../../../src/linux/structs.ts";
import { open } from "../../../src/posix/file.ts";
import { O } from "../../../src/posix/open-flags.ts";
import { encodeStruct } from "../../../src/struct.ts";

function abi(): number {
  try {
    return landlockAbi();
  } catch (error) {
    if (isSyscallError(error, "ENOSYS", "EOPNOTSUPP")) return 0;
    throw error;
  }
}

test.skipIf(abi() === 0 && process.env.REQUIRE_KERNEL !== "1")(
  "landlockCreateRuleset() and landlockAddRule() take the layouts of ABI 1 (skipped without landlock)",
  () => {
    const { READ_FILE, READ_DIR } = LANDLOCK_ACCESS_FS;
    using ruleset = landlockCreateRuleset(
      encodeStruct(LANDLOCK_RULESET_ATTR_ABI1_LAYOUT, { handled_access_fs: READ_FILE | READ_DIR }),
    );
    using root = open("/", O.PATH);
    landlockAddRule(
      ruleset.fd,
      LANDLOCK_RULE.PATH_BENEATH,
      encodeStruct(LANDLOCK_PATH_BENEATH_ATTR_LAYOUT, { allowed_access: READ_FILE, parent_fd: root.fd }),
    );
    const unhandled = encodeStruct(LANDLOCK_PATH_BENEATH_ATTR_LAYOUT, {
      allowed_access: LANDLOCK_ACCESS_FS.EXECUTE,
      parent_fd: root.fd,
    });
    expect(() => landlockAddRule(ruleset.fd, LANDLOCK_RULE.PATH_BENEATH, unhandled)).toThrow(
      "Cannot landlock_add_rule: EINVAL",
    );
  },
);
