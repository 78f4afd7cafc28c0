;; Upper-cases ASCII letters. Built with: wat2wasm upper.wat -o upper.wasm
;; The contract of a "bytes" module (docs/wasm.md): memory is exported, an export takes a pointer and a length and returns
;; both, packed in 64 bits: the pointer in the upper half, the length in the lower one.
(module
  (memory (export "memory") 1)
  (func (export "upper") (param $pointer i32) (param $length i32) (result i64)
    (local $at i32) (local $end i32) (local $byte i32)
    (local.set $at (local.get $pointer))
    (local.set $end (i32.add (local.get $pointer) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97)) (i32.const 26))
          (then (i32.store8 (local.get $at) (i32.sub (local.get $byte) (i32.const 32)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (i64.or
      (i64.shl (i64.extend_i32_u (local.get $pointer)) (i64.const 32))
      (i64.extend_i32_u (local.get $length))))
  (func (export "spin") (param i32 i32) (result i64)
    (loop $forever (br $forever))
    (unreachable)))
