extension Catalogue {
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
  static let inputs: [(CallRow, Meaning)] = [
    (CallRow(row("int", "int", bounds("int")), about: "An int chosen before the run."), .input(.int)),
    (CallRow(row("int", "int", options), about: "An int chosen before the run."), .input(.int)),
    (CallRow(row("float", "float", bounds("float")), about: "A float chosen before the run."), .input(.float)),
    (CallRow(row("float", "float", options), about: "A float chosen before the run."), .input(.float)),
    (CallRow(row("bool", "bool"), about: "A bool chosen before the run."), .input(.bool)),
    (CallRow(row("color", "color"), about: "A colour chosen before the run."), .input(.color)),
    (CallRow(row("string", "string", options), about: "A text chosen before the run."), .input(.text)),
    (CallRow(row("text_area", "string"), about: "A text chosen before the run."), .input(.text)),
    (CallRow(row("timeframe", "string", options), about: "A timeframe chosen before the run."), .input(.timeframe)),
    (CallRow(row("session", "string", options), about: "A session chosen before the run."), .input(.session)),
    (CallRow(row("symbol", "string"), about: "A symbol chosen before the run."), .input(.symbol)),
    (CallRow(row("time", "int"), about: "A time chosen before the run."), .input(.time)),
    (CallRow(row("price", "float"), about: "A price chosen before the run."), .input(.price)),
    (
      CallRow(
        "input.enum(defval: any, title?: const string,\(options)\(tail) string",
        about: "A field of an enum chosen before the run."),
      .input(.enumeration)
    ),
    (
      CallRow(
        "input.source(defval: float, title?: const string,\(tail) float",
        about: "A series of the bar chosen before the run."),
      .input(.source)
    ),
    (
      CallRow(
        """
        input(defval: any, title?: const string, tooltip?: const string, inline?: const string, \
        group?: const string, display?: const int, active?: input bool) void
        """,
        about: "A value that is chosen before the run, of the default's type."),
      .anyInput
    ),
  ]
}
