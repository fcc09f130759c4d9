import Research

/// Reads the CSV that `--trades` writes; columns are found by the names in the header, in any order.
struct TradesReader {
  private static let needed = ["side", "entry_time", "entry_price", "exit_time", "exit_price", "qty", "profit"]

  private let path: String
  private var places: [String: Int] = [:]

  static func read(_ path: String) throws(ToolError) -> [ListedTrade] {
    var reader = TradesReader(path: path)
    let bytes = try SystemFile.bytes(of: path, atMost: 1 << 30)
    var trades: [ListedTrade] = []
    var isHeader = true
    var line = 1
    for (fields, lines) in rows(String(decoding: bytes, as: UTF8.self)) {
      if isHeader {
        try reader.take(header: fields)
        isHeader = false
      } else if fields != [""] {
        trades.append(try reader.trade(fields, line: line, number: trades.count + 1))
      }
      line += lines
    }
    if isHeader { throw .failed("\(path) is empty") }
    // As a run lists them: closed ones by their exits, then the open ones.
    let closed = trades.enumerated().filter { $0.element.exitTime != nil }
    let ordered = closed.sorted { ($0.element.exitTime ?? 0, $0.offset) < ($1.element.exitTime ?? 0, $1.offset) }
    return ordered.map(\.element) + trades.filter { $0.exitTime == nil }
  }

  private init(path: String) { self.path = path }

  private mutating func take(header: [String]) throws(ToolError) {
    for (place, name) in header.enumerated() where places[name] == nil { places[name] = place }
    if let missing = Self.needed.first(where: { places[$0] == nil }) {
      throw .failed(
        "\(path) has no column \(missing); the columns are those of --trades: \(TradesFile.header.dropLast())")
    }
  }

  private func trade(_ fields: [String], line: Int, number: Int) throws(ToolError) -> ListedTrade {
    func text(_ name: String) -> String {
      places[name].flatMap { fields.indices.contains($0) ? fields[$0] : nil } ?? ""
    }
    func value(_ name: String) throws(ToolError) -> Double {
      guard let number = Double(text(name)), number.isFinite else {
        throw .failed("\(path):\(line): \(name) is no number: '\(text(name))'")
      }
      return number
    }
    func time(_ name: String) throws(ToolError) -> Int64 {
      do { return try TimeOption.parse(text(name), option: name) } catch {
        throw .failed("\(path):\(line): \(name) is no time: '\(text(name))'")
      }
    }
    guard ["long", "short"].contains(text("side")) else {
      throw .failed("\(path):\(line): side is long or short, not '\(text("side"))'")
    }
    let isOpen = text("exit_time").isEmpty
    let trade = ListedTrade(
      number: Int(text("trade")) ?? number, isLong: text("side") == "long", entryTime: try time("entry_time"),
      exitTime: isOpen ? nil : try time("exit_time"), entryPrice: try value("entry_price"),
      exitPrice: isOpen ? .nan : try value("exit_price"), quantity: try value("qty"), profit: try value("profit"),
      entryName: text("entry_id"), exitName: text("exit_id"))
    if let exitTime = trade.exitTime, exitTime < trade.entryTime {
      throw .failed("\(path):\(line): the trade ends before it begins")
    }
    guard trade.quantity > 0 else { throw .failed("\(path):\(line): qty must be above 0") }
    return trade
  }

  /// The fields of each row (RFC 4180), and how many lines it has.
  private static func rows(_ text: String) -> [([String], Int)] {
    var rows: [([String], Int)] = []
    var fields: [String] = []
    var field = ""
    var (isQuoted, lines) = (false, 1)
    var rest = text.unicodeScalars[...]
    func end() {
      fields.append(field)
      field = ""
    }
    while let scalar = rest.popFirst() {
      if isQuoted {
        if scalar == "\n" { lines += 1 }
        if scalar != "\"" {
          field.unicodeScalars.append(scalar)
        } else if rest.first == "\"" {
          rest.removeFirst()
          field.append("\"")
        } else {
          isQuoted = false
        }
      } else if scalar == "\"", field.isEmpty {
        isQuoted = true
      } else if scalar == "," {
        end()
      } else if scalar == "\n" {
        end()
        rows.append((fields, lines))
        (fields, lines) = ([], 1)
      } else if scalar != "\r" {
        field.unicodeScalars.append(scalar)
      }
    }
    if !field.isEmpty || !fields.isEmpty {
      end()
      rows.append((fields, lines))
    }
    return rows
  }
}
