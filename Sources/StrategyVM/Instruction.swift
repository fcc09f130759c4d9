/// One step of a register program. Registers are doubles at the start of the state block; `a` is
/// mostly the register written, `b` and `c` those read. 16 bytes, no pointers.
package struct Instruction: Equatable, Sendable {
  package var opcode: Opcode
  /// A `Function`'s raw value.
  package var function: UInt8 = 0
  /// Which of a function's arguments are texts; of `ringAt`, how many bars it may look back.
  package var texts: UInt16 = 0
  package var a: Int32 = 0
  package var b: Int32 = 0
  package var c: Int32 = 0

  init(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
    self.opcode = opcode
    self.a = Int32(truncatingIfNeeded: a)
    self.b = Int32(truncatingIfNeeded: b)
    self.c = Int32(truncatingIfNeeded: c)
  }
}

package enum Opcode: UInt8, Sendable, CaseIterable {
  /// End of the program.
  case halt
  case move
  case negate, not, isNA, truncate, truth
  case add, subtract, multiply, divide, remainder, divideIntegers
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
  case abs, max, min, nz

  /// To instruction c; the condition is register a.
  case jump, jumpIf, jumpIfNot
  /// To instruction c unless register a compares so with register b.
  case unlessLess, unlessLessOrEqual, unlessEqual, unlessNotEqual
  /// Back to instruction c; the budget pays b.
  case loop
  /// Counter a, bound a + 1, direction a + 2 (nan before the first round), step b; to c when done.
  case forTest
  /// Counter a moves on by direction a + 2.
  case forStep

  /// Register a = the value c ago of the series at byte b of the state.
  case ring
  /// The same with the offset in register c; passes over the next instruction unless that is 0.
  case ringAt
  /// Register a goes to the history of the series at byte b.
  case push
  /// The same, once a bar; `stamp` only says that it was.
  case pushOnce, stamp

  /// Stops the script when register b is no length: below 1 or beyond the longest history.
  case checkLength
  /// Kernel number c: arguments from register b on, results from register a on.
  case kernel
  /// The same in a loop: each round of a bar starts from the state before the bar.
  case kernelAgain
  /// Before it, where a kernel may have been passed over: as many steps as bars were, with the
  /// arguments of its last one. Registers from a on: the bar of that one, its arguments (their
  /// number is `function`), room for results.
  case carry
  /// Function of c arguments from register b on.
  case function
  /// Time query number c of register b.
  case time
  /// Book field c.
  case book
  case positionEntryName
  /// Trade field c; register b is the trade's number.
  case openTrade, closedTrade

  /// Order call, risk call number c; the value of plot c is register b.
  case order, risk, plot
  /// Stops the script with the text in register b.
  case fail
  /// Before `forTest`, on the same registers: stops the script when step b cannot be.
  case checkStep
  /// Function over objects, of c arguments from register b on.
  case object
}
