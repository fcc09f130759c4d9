import Stencil

/// The filters that keep values where they stand.
enum ValueFilters {
  static func make() -> Extension {
    let filters = Extension()
    filters.registerFilter("as_text") { (value: Any?, arguments: [Any?]) in
      let text = try present(value, arguments)
      if let flaw = TemplateValue.flaw(ofText: text) {
        throw TemplateSyntaxError("the value of \(name(arguments)) \(flaw)")
      }
      return text
    }
    filters.registerFilter("as_word") { (value: Any?, arguments: [Any?]) in
      let text = try present(value, arguments)
      guard TemplateValue.isWord(text) else {
        throw TemplateSyntaxError(
          "the value of \(name(arguments)) is used as code here: it must be a number, true, "
            + "false or a name such as hl2, not '\(text.prefix(60))'")
      }
      return text
    }
    filters.registerFilter("one_of") { (value: Any?, arguments: [Any?]) in
      guard let value else { return nil }
      let choices = "\(arguments.first.flatMap { $0 } ?? "")".split(separator: ",")
      guard choices.contains(where: { $0 == "\(value)" }) else {
        throw TemplateSyntaxError(
          "'\("\(value)".prefix(60))' is not one of \(choices.joined(separator: ", "))")
      }
      return value
    }
    return filters
  }

  private static func present(_ value: Any?, _ arguments: [Any?]) throws -> String {
    guard let value, "\(value)" != "nil" else {
      let name = name(arguments)
      throw TemplateSyntaxError("\(name) has no value; give one with --set \(name)=…")
    }
    return "\(value)"
  }

  private static func name(_ arguments: [Any?]) -> String {
    arguments.first.flatMap { $0 }.map { "\($0)" } ?? "it"
  }
}
