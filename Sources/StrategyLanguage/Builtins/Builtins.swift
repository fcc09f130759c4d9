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

  /// One form of a function and its effect.
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
}
