/// A node of the statement tree.
public enum Statement: Hashable, Sendable {
  case evaluate(ExpressionRef)
  /// `x = e`: the variable's newest value goes to its history and `e` becomes its value. In a
  /// loop, only the first execution on a bar pushes; later ones overwrite.
  case declare(VariableRef, ExpressionRef)
  /// `var x = e`: `e` is evaluated when the statement is first executed; afterwards the value is
  /// kept, and pushed to the history once per bar that executes the statement.
  case declareOnce(VariableRef, ExpressionRef)
  /// `x := e`: changes the newest value. Also the result of an `if`, `switch` or loop.
  case assign(VariableRef, ExpressionRef)
  /// `else` may be `BlockRef.none`.
  case branch(ExpressionRef, then: BlockRef, else: BlockRef)
  /// `for i = from to to by step`, in `Program.loops`.
  case forLoop(Int32)
  case whileLoop(ExpressionRef, BlockRef)
  /// The innermost loop's.
  case breakLoop, continueLoop
  /// An entry of `Program.orders`.
  case order(Int32)
  /// An entry of `Program.risks`.
  case risk(Int32)
  /// An entry of `Program.plots`, and its value on this bar.
  case plot(Int32, ExpressionRef)
  /// `runtime.error(message)`: stops the script.
  case fail(ExpressionRef)
}

/// `for i = from to to by step`. Counts up when `from ≤ to`, else down; `to` is evaluated before
/// each round, the others once. Bounds have the tolerance of comparisons. The step of a loop that
/// counts down is taken without its sign; a negative one of a loop that counts up, and 0, stop the
/// script. A step of na makes one round, a bound of na no round. Version 5, which evaluates `to`
/// once, puts it into a variable first.
public struct ForLoop: Hashable, Sendable {
  public var counter: VariableRef
  public var from, to: ExpressionRef
  /// `none`: 1.
  public var step: ExpressionRef
  public var body: BlockRef

  public init(
    counter: VariableRef, from: ExpressionRef, to: ExpressionRef, step: ExpressionRef = .none,
    body: BlockRef
  ) {
    self.counter = counter
    self.from = from
    self.to = to
    self.step = step
    self.body = body
  }
}
