import StrategyIR

extension Builtins {
  private static let tail =
    " tooltip?: const string, inline?: const string, group?: const string,"
    + " confirm?: const bool, display?: const int, active?: input bool)"

  private static func row(_ name: String, _ type: String, _ own: String = "") -> String {
    "input.\(name)(defval: const \(type), title?: const string,\(own)\(tail) \(type)"
  }

  private static func bounds(_ type: String) -> String {
    " minval?: const \(type), maxval?: const \(type), step?: const \(type),"
  }

  private static let options = " options?: const tuple,"

  /// `input.*`. A kind with two forms has its list of options in place of the bounds.
  static let inputRows: [(Parameter.Kind, String)] = [
    (.int, row("int", "int", bounds("int"))),
    (.int, row("int", "int", options)),
    (.float, row("float", "float", bounds("float"))),
    (.float, row("float", "float", options)),
    (.bool, row("bool", "bool")),
    (.color, row("color", "color")),
    (.text, row("string", "string", options)),
    (.text, row("text_area", "string")),
    (.timeframe, row("timeframe", "string", options)),
    (.session, row("session", "string", options)),
    (.symbol, row("symbol", "string")),
    (.time, row("time", "int")),
    (.price, row("price", "float")),
    (.enumeration, "input.enum(defval: any, title?: const string,\(options)\(tail) string"),
    (.source, "input.source(defval: float, title?: const string,\(tail) float"),
  ]

  static let anyInputRow =
    "input(defval: any, title?: const string, tooltip?: const string, inline?: const string,"
    + " group?: const string, display?: const int, active?: input bool) void"
}
