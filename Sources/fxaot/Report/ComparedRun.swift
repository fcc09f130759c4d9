/// Another report's data, for a page that compares with it: what the page shows of it, and only where all of that is whole.
enum ComparedRun {
  static func read(_ path: String) throws(ToolError) -> JSONTree {
    let bytes = try SystemFile.bytes(of: path, atMost: 1 << 30)
    guard let read = try? JSONDecoder().decode(JSONTree.self, from: Data(bytes)), read["format"]?.text == Report.format
    else {
      throw .failed("--compare \(path): this is no report's data; --report NAME.json writes such a file")
    }
    guard case .number(let version)? = read["version"], version == Double(Report.version) else {
      throw .failed("--compare \(path): another version of fxaot has written it; run it again")
    }
    if let part = damaged(read) { throw .failed("--compare \(path): the report's data is damaged: \(part)") }
    let shown = ["title", "symbol", "timeframe", "currency", "strategy", "inputs", "figures"]
    let bars = ["time", "equity"].compactMap { name in read["bars"]?[name].map { (name, $0) } }
    return .object(shown.compactMap { name in read[name].map { (name, $0) } } + [("bars", .object(bars))])
  }

  /// The first part that is not as a report writes it.
  private static func damaged(_ read: JSONTree) -> String? {
    for name in ["title", "symbol", "timeframe", "currency"] where read[name]?.text == nil { return name }
    guard case .flag(let isStrategy)? = read["strategy"] else { return "strategy" }
    guard let inputs = read["inputs"]?.items, inputs.allSatisfy(isInput) else { return "inputs" }
    guard let figures = read["figures"]?.items, figures.allSatisfy(isFigure) else { return "figures" }
    guard let time = read["bars"]?["time"].flatMap(count) else { return "bars.time" }
    if isStrategy, read["bars"]?["equity"].flatMap(count) != time { return "bars.equity" }
    return nil
  }

  private static func isInput(_ input: JSONTree) -> Bool {
    guard let parts = input.items, parts.count == 3 else { return false }
    return parts[0].text != nil && parts[1].text != nil
  }

  private static func isFigure(_ figure: JSONTree) -> Bool {
    guard figure["group"]?.text != nil, figure["name"]?.text != nil, let values = figure["values"]?.items else {
      return false
    }
    return !values.isEmpty
      && values.allSatisfy {
        if case .number = $0 { return true }
        return $0["none"]?.text != nil
      }
  }

  /// How many numbers a column has; nil for a value that is not a column. See `NumberColumn`.
  private static func count(_ column: JSONTree) -> Int? {
    guard let text = column["data"]?.text, let bytes = Data(base64Encoded: text) else { return nil }
    guard case .number(let scale)? = column["scale"], scale > 0 else { return nil }
    let width = ["i32": 4, "f64": 8][column["type"]?.text ?? ""]
    guard let width, bytes.count.isMultiple(of: width) else { return nil }
    return bytes.count / width
  }
}

extension JSONTree {
  fileprivate var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  fileprivate var items: [JSONTree]? {
    if case .array(let items) = self { return items }
    return nil
  }
}
