import FXCore
import Records

/// Records as JSON, a line each.
extension JournalSegment {
  func json(_ record: RecordFrame.Record) -> String {
    let type = JournalRecord(rawValue: record.type)
    var text = "{\"sequence\":\(record.sequence),\"epoch\":\(record.epoch),"
    text += type.map { "\"type\":\"\($0)\"" } ?? "\"type\":\(record.type)"
    text += ",\"length\":\(record.length)"
    switch type {
    case .begin:
      if let time: Int64 = number(record, at: 0) {
        let version = withPayload(record) { String(decoding: $0.dropFirst(8), as: UTF8.self) }
        text += ",\"time_ns\":\(time),\"version\":\(JSONText.quoted(version))"
      }
    case .advance, .end:
      if let time: Int64 = number(record, at: 0) { text += ",\"time_ns\":\(time)" }
    case .snapshot:
      if let part: UInt32 = number(record, at: 0), let parts: UInt32 = number(record, at: 4) {
        text += ",\"part\":\(UInt64(part) + 1),\"parts\":\(parts)"
      }
    case .quotes:
      let count = quotes(record)
      text += ",\"count\":\(count)"
      if count > 0 {
        text += ",\"first_ns\":\(quoteTime(record, 0)),\"last_ns\":\(quoteTime(record, count - 1))"
      }
    case .input:
      if let kind: UInt8 = number(record, at: 0) {
        text += ",\"kind\":" + (InputKind.name(kind).map { "\"\($0)\"" } ?? "\(kind)")
      }
    case .gap:
      if let from: UInt64 = number(record, at: 0), let to: UInt64 = number(record, at: 8) {
        text += ",\"from\":\(from),\"to\":\(to)"
      }
    case .items, .term, nil: break
    }
    return text + "}\n"
  }
}
