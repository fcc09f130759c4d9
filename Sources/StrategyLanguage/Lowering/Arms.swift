import StrategyIR

/// The results of the arms of an `if` or `switch`, or of the rounds of a loop: one variable for
/// each element. The variables' types are settled when all arms are known.
struct Arms {
  private struct Slot {
    var variable: VariableRef
    var type: StaticType
    var isQuotient: Bool
    /// na before an arm gives its value.
    var initial: ExpressionRef
    /// Assigned na: it becomes false where the type turns out to be bool.
    var blanks: [ExpressionRef] = []
  }

  private var slots: [Slot] = []
  /// The value of each arm, as long as each is one value.
  private(set) var values: [Value] = []
  private(set) var isTuple = false
  private var isKnown = false
  private(set) var hasFailed = false
  /// The types of arms that do not agree.
  private(set) var mismatch: (String, String)?

  /// Assignments of an arm that gives its value.
  var width: Int { slots.count }

  /// Appends the assignments of an arm's value to the open block.
  mutating func take(_ value: Value, in lowering: Lowering) {
    if hasFailed { return }
    let elements = value.type == .tuple ? value.elements : [value]
    if value.type == .unknown || elements.contains(where: { $0.type == .unknown }) {
      hasFailed = true
      return
    }
    values.append(value)
    if !isKnown {
      isKnown = true
      isTuple = value.type == .tuple
      for element in elements { slots.append(Self.slot(element, in: lowering)) }
    }
    guard isTuple == (value.type == .tuple), slots.count == elements.count else {
      return fail("\(slots.count) values", "\(elements.count)")
    }
    for (index, element) in elements.enumerated() { assign(element, at: index, in: lowering) }
  }

  private static func slot(_ value: Value, in lowering: Lowering) -> Slot {
    Slot(
      variable: lowering.b.variable("", .float), type: value.type, isQuotient: value.isQuotient,
      initial: lowering.b.na(.float))
  }

  private mutating func assign(_ value: Value, at index: Int, in lowering: Lowering) {
    // An arm without a value leaves the whole without one.
    if slots[index].type == .void || value.type == .void {
      slots[index].type = .void
      return
    }
    guard let type = lowering.common(slots[index].type, value.type) else {
      return fail(slots[index].type.spelling, value.type.spelling)
    }
    slots[index].type = type
    slots[index].isQuotient = slots[index].isQuotient || value.isQuotient
    if value.ref.isNone { return }
    var ref = value.ref
    if value.type == .na {
      ref = lowering.b.na(.float)
      slots[index].blanks.append(ref)
    }
    lowering.b.assign(slots[index].variable, ref)
  }

  private mutating func fail(_ first: String, _ second: String) {
    hasFailed = true
    mismatch = (first, second)
  }

  /// Settles the types, declares the variables in the open block and answers the result. To be
  /// called when the arms' blocks are closed and before their branch is appended.
  mutating func finish(in lowering: Lowering) -> Value {
    if hasFailed { return .unknown }
    guard isKnown else { return .void }
    var elements: [Value] = []
    for slot in slots { elements.append(Self.settle(slot, in: lowering)) }
    return isTuple ? .tuple(elements) : elements[0]
  }

  private static func settle(_ slot: Slot, in lowering: Lowering) -> Value {
    switch slot.type {
    case .void: return .void
    case .drawing: return .drawing
    case .unknown, .tuple: return .unknown
    default: break
    }
    let type = lowering.carried(slot.type)
    lowering.b.program.variables[slot.variable.index].type = type
    for blank in slot.blanks + [slot.initial] {
      lowering.b.program.types[blank.index] = type
      if type == .bool { lowering.b.program.expressions[blank.index] = .number(0) }
    }
    lowering.b.declare(slot.variable, slot.initial)
    var value = Value(lowering.b.read(slot.variable), slot.type, .series)
    value.isQuotient = slot.isQuotient
    return value
  }
}
