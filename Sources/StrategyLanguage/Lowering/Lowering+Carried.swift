import StrategyIR

/// What a request carries from its world to the world that asks: values as they are, arrays of values by their
/// elements, a value of a user type by its fields and whether there is one. The asking world makes objects of its own of
/// them.
extension Lowering {
  /// Types in types that are followed.
  private static let deepestRecord = 8

  /// Whether a request can carry values of the type.
  func isCarried(_ type: StaticType, depth: Int = 0) -> Bool {
    switch type {
    case .array(let element): !element.type.isReference
    case .record(let number):
      depth < Self.deepestRecord && records[Int(number)].fields.allSatisfy { isCarried($0.type, depth: depth + 1) }
    default: !type.isReference
    }
  }

  /// In the request's world: the results that carry a value.
  func parts(of value: Value) -> [Value] {
    guard case .record(let number) = value.type else { return [carriedBool(value)] }
    let object = b.eager(value.ref)
    let isThere = b.eager(b.select(b.unary(.isNA, object), b.int(0), b.int(1)))
    var parts = [Value(isThere, .int, .series)]
    for (place, field) in records[Int(number)].fields.enumerated() {
      let type = carried(field.type)
      let kept = b.variable("", type)
      b.declare(kept, type == .bool ? b.bool(false) : b.na(type))
      let read = block { b.assign(kept, self.object(.recordGet, [object, b.int(place)], field.type).ref) }
      b.branch(b.binary(.equal, isThere, b.int(1)), read)
      parts += self.parts(of: Value(b.read(kept), field.type, .series))
    }
    return parts
  }

  /// In the asking world: the value of a type that the first of the results carry, which are taken away.
  func value(of type: StaticType, from results: inout ArraySlice<ExpressionRef>) -> Value {
    guard let first = results.popFirst() else { return .unknown }
    if case .array = type { return copy(of: first, type) }
    guard case .record(let number) = type else { return Value(first, type, .series) }
    let fields = records[Int(number)].fields.map { value(of: $0.type, from: &results).ref }
    return made(where: b.binary(.equal, first, b.int(1)), type) {
      object(.recordNew, [b.int(Int(number))] + fields, type)
    }
  }

  /// A request of the chart's own bars answers the array that the script has itself.
  private func copy(of result: ExpressionRef, _ type: StaticType) -> Value {
    let array = b.eager(result)
    return made(where: b.unary(.not, b.unary(.isNA, array)), type) {
      object(.arrayCopy, [array], type)
    }
  }

  /// An object that is made where the condition holds, else na.
  private func made(where condition: ExpressionRef, _ type: StaticType, _ make: () -> Value) -> Value {
    let kept = b.variable("", .reference)
    b.declare(kept, b.na(.reference))
    let making = block { b.assign(kept, make().ref) }
    b.branch(condition, making)
    return Value(b.read(kept), type, .series)
  }
}
