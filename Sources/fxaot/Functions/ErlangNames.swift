import StrategyIR

/// erlang/src/eval/fxaot_eval_names.erl: what the evaluator in Erlang knows of the catalogue. A name's place in its
/// tuple is its number in a program's binary form.
enum ErlangNames {
  static var module: String {
    """
    %% @private What the numbers in a program's binary form stand for, and how the functions are called.
    %% Made by scripts/catalogue from Sources/StrategyIR/Catalogue: change the rows there.
    %% Longer than a file should be: one table for each enumeration of the format.
    -module(fxaot_eval_names).

    -export([kernels/0, kernel_arguments/1, kernel_lengths/1, kernel_results/1, kernel_type/1,
             repeats_skipped_bars/1, fields/0, symbol_fields/0, timeframe_fields/0, trade_fields/0,
             binary_operators/0, functions/0, arity/1, objects/0, object_arity/1, object_name/1]).


    """ + kernels + names + functions + objects
  }

  private static var kernels: String {
    let all = Kernel.allCases
    return tuple("kernels", all)
      + clauses("kernel_arguments", "[atom()]", all.map { (atom($0), list($0.arguments.map(snake))) })
      + "%% @doc The places of the arguments that must be lengths from 1 to 5,000.\n"
      + clauses("kernel_lengths", "[pos_integer()]", all.map { (atom($0), list(lengths($0))) })
      + "%% @doc How many values a call answers.\n"
      + clauses("kernel_results", "1..3", all.map { (atom($0), "\($0.results)") })
      + "%% @doc Of the first result.\n"
      + clauses(
        "kernel_type", "bool | number", all.map { (atom($0), $0.type == .bool ? "bool" : "number") })
      + "%% @doc Whether a call in a branch counts a bar on which the branch was not taken as one with\n"
      + "%% the last call's values.\n"
      + clauses("repeats_skipped_bars", "boolean()", all.map { (atom($0), "\($0.repeatsSkippedBars)") })
  }

  private static var names: String {
    tuple("fields", BarField.allCases) + tuple("symbol_fields", SymbolField.allCases)
      + tuple("timeframe_fields", TimeframeField.allCases) + tuple("trade_fields", TradeField.allCases)
      + tuple("binary_operators", BinaryOperator.allCases)
  }

  private static var functions: String {
    tuple("functions", Function.allCases) + "%% @doc A function's fewest and most arguments.\n"
      + clauses(
        "arity", "{non_neg_integer(), non_neg_integer()}",
        Function.allCases.map { (atom($0), "{\($0.arity), \($0.isVariadic ? 255 : $0.arity)}") })
  }

  private static var objects: String {
    let all = ObjectFunction.allCases
    return "%% @doc The functions over objects.\n" + tuple("objects", all)
      + clauses(
        "object_arity", "{non_neg_integer(), non_neg_integer()}",
        all.map { (atom($0), "{\($0.arity), \($0.isVariadic ? 4_095 : $0.arity)}") })
      + "%% @doc As scripts call it.\n"
      + clauses("object_name", "binary()", all.map { (atom($0), "<<\"\($0.row.forms.first?.name ?? "")\">>") })
      .dropLast()
  }

  private static func lengths(_ kernel: Kernel) -> [String] {
    kernel.arguments.indices.filter { kernel.isLength(kernel.arguments[$0]) }.map { "\($0 + 1)" }
  }

  // MARK: Erlang's text

  private static func tuple(_ name: String, _ cases: [some Any]) -> String {
    var text = "-spec \(name)() -> tuple().\n\(name)() ->\n    {"
    var column = 5
    for (i, one) in cases.enumerated() {
      let word = atom(one) + (i == cases.count - 1 ? "}.\n\n" : ",")
      if column + word.count > 98 {
        text += "\n     "
        column = 5
      } else if i > 0 {
        text += " "
        column += 1
      }
      text += word
      column += word.count
    }
    return text
  }

  private static func clauses(_ name: String, _ type: String, _ rows: [(String, String)]) -> String {
    "-spec \(name)(atom()) -> \(type).\n"
      + rows.map { "\(name)(\($0.0)) -> \($0.1)" }.joined(separator: ";\n") + ".\n\n"
  }

  private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }

  private static func atom(_ one: Any) -> String { snake("\(one)") }

  /// `isLastConfirmedHistory` ▶ `is_last_confirmed_history`, `colorRGB` ▶ `color_rgb`.
  private static func snake(_ name: String) -> String {
    var text = ""
    var wasUpper = true
    for letter in name {
      if letter.isUppercase, !wasUpper { text += "_" }
      wasUpper = letter.isUppercase || letter == "_"
      text += letter.lowercased()
    }
    return text
  }
}
