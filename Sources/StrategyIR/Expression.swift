/// One operand: `-x`, `not x`, na tests and the conversions.
public enum UnaryOperator: UInt8, Sendable, CaseIterable {
  case negate
  case not
  /// `na(x)`: 1 where x is nan.
  case isNA
  /// `int(x)`: the fraction cut off; `float(x)` of an int needs no node.
  case truncate
  /// `bool(x)`: 0 for na and within the comparisons' tolerance of 0, else 1.
  case truth
}

/// Two operands, both always evaluated. Comparisons answer 0 or 1 and are 0 when one side is na.
public enum BinaryOperator: UInt8, Sendable, CaseIterable {
  case add, subtract, multiply, divide
  /// The sign of the dividend, as in C; na for a zero divisor.
  case remainder
  /// Divided and the fraction cut off: `int / int` of constants in version 5.
  case divideIntegers
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
}

/// A node of the expression tree. `Program.types` has the type of each.
///
/// Operands are evaluated left to right. Only `and`, `or` and `select` leave operands unevaluated,
/// and what is not evaluated keeps its state: a kernel in it does not advance, a declaration in a
/// `sequence` in it pushes no history.
public enum Expression: Hashable, Sendable {
  /// A number, bool or colour; na is nan.
  case number(Double)
  /// An entry of `Program.texts`.
  case text(TextRef)
  /// The value of a parameter, by its place in `Program.parameters`. Of a parameter of kind
  /// `source`: the chosen series' value on this bar.
  case parameter(Int32)
  /// The variable's value now.
  case variable(VariableRef)
  /// The variable's value `offset` declarations ago; offset 0 is its value now.
  case history(VariableRef, offset: ExpressionRef)
  case bar(BarField)
  /// The field as it was `offset` bars ago.
  case barHistory(BarField, offset: ExpressionRef)
  case symbol(SymbolField)
  case timeframe(TimeframeField)
  case unary(UnaryOperator, ExpressionRef)
  case binary(BinaryOperator, ExpressionRef, ExpressionRef)
  /// Lazy: the right side is evaluated only when it decides.
  case and(ExpressionRef, ExpressionRef)
  case or(ExpressionRef, ExpressionRef)
  /// `condition ? a : b`: evaluates one of the two.
  case select(ExpressionRef, ExpressionRef, ExpressionRef)
  /// A function without state of its arguments (and the bar's time).
  case function(Function, ArgumentList)
  /// Advances the kernel of this site by one; its first result.
  case kernel(SiteRef)
  /// Result `k` (from 0) of the site's newest execution; nan before the first.
  case kernelResult(SiteRef, Int32)
  /// Result `k` of a `request.security`.
  case request(RequestRef, Int32)
  case book(BookField)
  /// `strategy.position_entry_name`.
  case positionEntryName
  /// A field of an open or closed trade by its number; na outside.
  case trade(TradeField, open: Bool, index: ExpressionRef)
  /// Runs the block, then evaluates the expression: how a user function's body, expanded at its
  /// call, stands inside an expression.
  case sequence(BlockRef, ExpressionRef)
  /// A function over objects: always evaluated where it stands, for its effect too.
  case object(ObjectFunction, ArgumentList)
}
