import StrategyIR

/// `array.sort`, `array.sort_indices` and the binary searches of objects of a user type: by one of its fields.
extension Lowering {
  /// nil: no such call, or one of other arrays.
  func callByField(
    _ name: String, _ given: [EvaluatedArgument], at range: Range<Int>, place: Range<Int>
  ) -> Value? {
    guard let form = Builtins.formsByField[name], let signature = Signature(form),
      let collection = given.first(where: { $0.name.isEmpty || $0.name == "id" })?.value,
      case .array(let element) = collection.type, case .record(let number) = element.type
    else { return nil }
    switch bind(given, to: signature, at: range, place: place) {
    case .failure(let failure):
      error(failure.message, at: failure.range, expected: failure.expected, suggestion: failure.suggestion)
      return .unknown
    case .success(let bound):
      guard let field = sortField(of: records[Int(number)], bound) else { return .unknown }
      let others = bound.values.dropLast().compactMap { $0 }
      let arguments = others.map { EvaluatedArgument(name: "", nameRange: range, value: $0, range: range) }
      let function = String(name.dropFirst("array.".count))
      let type = field.type.spelling
      let text = Builtins.byField(field.name, type)
      return preludeCall(function, of: text, as: "\(type) \(field.name)", arguments, at: range)
    }
  }

  private func sortField(of record: RecordType, _ bound: BoundArguments) -> RecordType.Field? {
    let given = bound["sort_field"]
    let range = bound.range("sort_field")
    let names = record.fields.map(\.name)
    var place: Int? = given == nil ? 0 : nil
    if let name = given?.text {
      place = names.firstIndex(of: name)
    } else if let number = given?.number {
      place = Int(exactly: number)
    }
    guard let place, record.fields.indices.contains(place) else {
      if given?.type == .unknown { return nil }
      error(
        "'sort_field' must be a field of '\(record.name)': its name, or its number from 0", at: range,
        suggestion: given?.text.flatMap { NearMiss.find($0, among: names) })
      return nil
    }
    let field = record.fields[place]
    if [.int, .float, .text].contains(field.type) { return field }
    error(
      "objects cannot be sorted by the field '\(field.name)', which is \(field.type.spelling)",
      at: range, expected: "an int, float or string field")
    return nil
  }
}
