import StrategyIR

/// The built-in functions, variables and constants of the language.
enum Builtins {
  /// What a call of a built-in function becomes.
  enum Action {
    case kernel(Kernel)
    case function(Function)
    case order(OrderCommand.Kind)
    case risk(RiskRule.Kind)
    case input(Parameter.Kind)
    case anyInput
    case indicator, strategy, plot, ignored
    case special(Special)
  }

  /// One form of a function and what it becomes.
  struct Overload {
    var signature: Signature
    var action: Action

    var isOutput: Bool {
      switch action {
      case .plot, .ignored: true
      default: false
      }
    }

    /// In version 5 the `offset` of an output may differ from bar to bar.
    mutating func takeSeriesOffset() {
      for index in signature.parameters.indices where signature.parameters[index].name == "offset" {
        signature.parameters[index].qualifier = .series
      }
    }
  }

  /// A row of the tables, read when a script first calls the function.
  struct Row {
    var text: String
    var action: Action

    var overload: Overload? {
      Signature(text).map { Overload(signature: $0, action: action) }
    }
  }

  /// By name; a function with several forms has them in the order in which they are tried.
  static let functions: [String: [Row]] = {
    var table: [String: [Row]] = [:]
    func add(_ row: String, _ action: Action) {
      let name = row.utf8.firstIndex(of: UInt8(ascii: "(")).map { String(row[..<$0]) } ?? row
      table[name, default: []].append(Row(text: row, action: action))
    }
    for (kernel, row) in kernelRows { add(row, .kernel(kernel)) }
    for (function, row) in functionRows { add(row, .function(function)) }
    for (kind, row) in orderRows { add(row, .order(kind)) }
    for (kind, row) in riskRows { add(row, .risk(kind)) }
    for (kind, row) in inputRows { add(row, .input(kind)) }
    for (special, row) in specialRows { add(row, .special(special)) }
    for row in ignoredRows { add(row, .ignored) }
    add(anyInputRow, .anyInput)
    add(indicatorRow, .indicator)
    add(strategyRow, .strategy)
    add(plotRow, .plot)
    for field in tradeFields.keys {
      add("strategy.closedtrades.\(field)(trade_num: int) float", .special(.trade))
      if !field.hasPrefix("exit") {
        add("strategy.opentrades.\(field)(trade_num: int) float", .special(.trade))
      }
    }
    return table
  }()

  /// Forms that only version 5 has, tried after those of `functions`.
  static let functionsOfVersion5: [String: [Row]] = {
    var table: [String: [Row]] = [:]
    for (kind, row) in orderRowsOfVersion5 {
      let name = String(row.prefix { $0 != "(" })
      table[name, default: []].append(Row(text: row, action: .order(kind)))
    }
    return table
  }()

  /// Names for near misses.
  static let variableNames: [String] = {
    var names = ["na", "strategy.position_entry_name"]
    names += barFields.keys
    names += symbolFields.keys
    names += timeframeFields.keys
    names += bookFields.keys
    names += numberConstants.keys
    names += textConstants.keys
    names += colors.keys
    names += kernelVariables.keys
    return names
  }()

  /// What exists in the language but not here, by the beginning of the name.
  private static let unsupported: [(String, String)] = [
    ("array.", "arrays are"), ("matrix.", "matrices are"), ("map.", "maps are"),
    ("request.", "this request is"), ("ticker.", "other symbols are"),
    ("chart.", "reading the chart is"), ("line.", "reading a drawing is"),
    ("label.", "reading a drawing is"), ("box.", "reading a drawing is"),
    ("polyline.", "polylines are"), ("table.", "this table function is"),
    ("linefill.", "reading a drawing is"), ("ta.", "this indicator is"),
    ("strategy.", "this part of strategy is"), ("syminfo.", "this part of syminfo is"),
    ("input.", "this input is"), ("str.", "this text function is"), ("math.", "chance is"),
    ("earnings.", "fundamental data are"), ("dividends.", "fundamental data are"),
    ("splits.", "fundamental data are"),
  ]

  /// Names that the manual has and this table has not.
  private static let known: Set<String> = [
    "ta.pivot_point_levels", "ta.requestUpAndDownVolume", "strategy.default_entry_qty", "str.split",
    "str.match", "math.random", "ask", "bid", "request.security_lower_tf",
    "syminfo.target_price_average", "syminfo.employees", "syminfo.shareholders",
  ]

  /// Why a name is refused, where the language has it; nil where it has not.
  static func reasonNotSupported(_ name: String) -> String? {
    let wholes = ["array.", "matrix.", "map.", "request.", "ticker.", "chart.", "polyline."]
    let reads = ["line.get_", "label.get_", "box.get_", "linefill.get_", "line.copy", "label.copy"]
    let isKnown =
      known.contains(name) || wholes.contains { name.hasPrefix($0) }
      || reads.contains { name.hasPrefix($0) } || name.hasSuffix(".all")
    guard isKnown else { return nil }
    for (prefix, reason) in unsupported where name.hasPrefix(prefix) {
      return reason + " not supported"
    }
    return "it is not supported"
  }
}
