import StrategyIR

extension Lowering {
  func define(enumeration index: Int32) {
    let syntax = tree.enumerations[Int(index)]
    let name = tree.names[syntax.name]
    if enumerations[name] != nil || scopes.count > 1 {
      error("'\(name)' must be declared once, at the top level", at: syntax.nameRange)
      return
    }
    enumerations[name] = index
    for field in syntax.fields {
      enumerationTitles[name + "." + tree.names[field.name]] = field.title
    }
  }

  /// The value of `Enum.field`; nil where the path begins with no enum's name.
  func enumeration(_ path: String, at range: Range<Int>) -> Value? {
    guard !enumerations.isEmpty, let dot = path.firstIndex(of: "."),
      let index = enumerations[String(path[..<dot])]
    else { return nil }
    guard let id = enumerationTitles[path] else {
      reportUnknownField(path, of: index, at: range)
      return .unknown
    }
    let title = tree.names[id]
    return Value(b.text(title), .enumeration(index), .const, text: title)
  }

  private func reportUnknownField(_ path: String, of index: Int32, at range: Range<Int>) {
    if diagnostics.isSettled(at: range) { return }
    let syntax = tree.enumerations[Int(index)]
    let name = tree.names[syntax.name]
    let wanted = String(path.dropFirst(name.count + 1))
    error(
      "the enum '\(name)' has no field '\(wanted)'", at: range,
      suggestion: NearMiss.find(wanted, among: syntax.fields.map { tree.names[$0.name] }))
  }
}
