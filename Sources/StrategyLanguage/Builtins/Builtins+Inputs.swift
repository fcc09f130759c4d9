import StrategyIR

extension Builtins {
  private static let tail =
    " tooltip?: const string, inline?: const string, group?: const string,"
    + " confirm?: const bool, display?: const int, active?: input bool)"

  /// `input.*`. A kind with two forms has its list of options in the other place.
  static let inputRows: [(Parameter.Kind, String)] = [
    (
      .int,
      "input.int(defval: const int, title?: const string, minval?: const int,"
        + " maxval?: const int, step?: const int,\(tail) int"
    ),
    (
      .int,
      "input.int(defval: const int, title?: const string, options?: const tuple,\(tail) int"
    ),
    (
      .float,
      "input.float(defval: const float, title?: const string, minval?: const float,"
        + " maxval?: const float, step?: const float,\(tail) float"
    ),
    (
      .float,
      "input.float(defval: const float, title?: const string, options?: const tuple,\(tail) float"
    ),
    (.bool, "input.bool(defval: const bool, title?: const string,\(tail) bool"),
    (.color, "input.color(defval: const color, title?: const string,\(tail) color"),
    (
      .text,
      "input.string(defval: const string, title?: const string, options?: const tuple,\(tail) string"
    ),
    (.text, "input.text_area(defval: const string, title?: const string,\(tail) string"),
    (
      .timeframe,
      "input.timeframe(defval: const string, title?: const string, options?: const tuple,\(tail)"
        + " string"
    ),
    (
      .session,
      "input.session(defval: const string, title?: const string, options?: const tuple,\(tail)"
        + " string"
    ),
    (.symbol, "input.symbol(defval: const string, title?: const string,\(tail) string"),
    (.time, "input.time(defval: const int, title?: const string,\(tail) int"),
    (.price, "input.price(defval: const float, title?: const string,\(tail) float"),
    (.source, "input.source(defval: float, title?: const string,\(tail) float"),
  ]

  static let anyInputRow =
    "input(defval: any, title?: const string, tooltip?: const string, inline?: const string,"
    + " group?: const string, display?: const int, active?: input bool) void"
}
