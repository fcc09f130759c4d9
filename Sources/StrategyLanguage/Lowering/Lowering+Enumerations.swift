import StrategyIR

extension Lowering {
  func define(enumeration index: Int32) {
    let syntax = tree.enumerations[Int(index)]
    let name = tree.names[syntax.name]
    if enumerations[name] != nil || scopes.count > 1 {
      error("'\(name)' cannot be declared here, or again", at: syntax.nameRange)
      return
    }
    enumerations[name] = index
  }

  /// The value of `Enum.field`; nil where the path begins with no enum's name.
  func enumeration(_ path: String, at range: Range<Int>) -> Value? {
    guard !enumerations.isEmpty, let dot = path.firstIndex(of: "."),
      let index = enumerations[String(path[..<dot])]
    else { return nil }
    let wanted = path[path.index(after: dot)...]
    let fields = tree.enumerations[Int(index)].fields
    guard let field = fields.first(where: { tree.names[$0.name] == wanted }) else {
      let names = fields.map { tree.names[$0.name] }
      error(
        "the enum '\(path[..<dot])' has no field '\(wanted)'", at: range,
        suggestion: NearMiss.find(String(wanted), among: names))
      return .unknown
    }
    let title = tree.names[field.title]
    return Value(b.text(title), .enumeration(index), .const, text: title)
  }

  /// A type by its written name: built in, or an enum of the script.
  func writtenType(_ name: String) -> StaticType? {
    StaticType.written[name] ?? enumerations[name].map { .enumeration($0) }
  }
}
