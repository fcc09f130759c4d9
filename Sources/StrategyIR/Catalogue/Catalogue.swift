/// Every name of the language, as data. Made from it are the front end's built-ins with their signatures, the
/// properties of `Kernel`, `Function` and the fields, the names and signatures of the evaluator in Erlang, the tables of
/// the documents, and `fxaot functions`.
///
///     Kernel+Rows.swift             functions with state: ta.*, math.sum, fixnan            KernelRow
///     Function+Rows.swift           functions without state: math.*, str.*, color.*, time   FunctionRow
///     SpecialFunction.swift         functions that the front end lowers one by one          CallRow
///     Catalogue+Orders.swift        strategy.entry …, strategy.risk.*                       CallRow
///     Catalogue+Inputs.swift        input.*                                                 CallRow
///     Catalogue+Declarations.swift  indicator, strategy, plot                               CallRow
///     Catalogue+Figures.swift       line.*, label.*, box.* …: drawings as objects           CallRow
///     Catalogue+Drawing.swift       accepted, without effect                                CallRow
///     ObjectFunction+Rows.swift     array.*, map.*, matrix.*                                ObjectRow
///     BarField+Rows.swift           open, time, barstate.*, session.*                       VariableRow
///     SymbolField+Rows.swift        syminfo.*, timeframe.*                                  VariableRow
///     BookField+Rows.swift          strategy.equity …, fields of trades                     VariableRow
///     Catalogue+Constants.swift     color.red, currency.EUR …                               ConstantFamily
///
/// A row has the forms of a call as they stand in the language's manual (`Signature`: name, arguments with types,
/// qualifiers and defaults, results), a sentence, and the versions where not both have it. A kernel's row also has its
/// formula, its look-back, the effect of na, and the behaviour of a call in a branch. A variable's row has its names, its
/// type and when it is known.
///
/// Rows of kernels, functions and fields are branches of an exhaustive `switch`: a case without one does not build.
/// Neither does a kernel without a binding (`KernelBinding.make`), nor a kind of variable that the front end does not
/// read (`Variable.Meaning`). A constant's row has its value.
package enum Catalogue {
  /// The meaning of a call.
  package enum Meaning: Sendable {
    case kernel(Kernel)
    case function(Function)
    case order(OrderCommand.Kind)
    case risk(RiskRule.Kind)
    case input(Parameter.Kind)
    case anyInput
    case trade(TradeField, isOpen: Bool)
    case indicator, strategy, plot, ignored
    case special(SpecialFunction)
    case object(ObjectFunction)
    case figure(FigureEffect)
  }

  /// All calls but those of kernels and functions, in the order in which the forms of a name are tried.
  package static let calls: [(CallRow, Meaning)] = {
    let special: [(CallRow, Meaning)] = SpecialFunction.allCases.map { ($0.row, .special($0)) }
    let ignored: [(CallRow, Meaning)] = drawings.map { ($0, .ignored) }
    return [orders, ordersOfVersion5, risks, trades, inputs, special, figures, ignored, declarations].flatMap { $0 }
  }()
}
