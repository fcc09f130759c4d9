import CFxaot
import Market
import Records
import StrategyVM

/// What a version of a script was made of: its program, its parameters, the instruments that it could ask for. It never
/// changes, so snapshots share its bytes.
final class ScriptSource: SavedLater {
  private let bytes: [UInt8]

  /// `others` matter to a script with requests alone.
  init(program: UnsafeRawBufferPointer, _ parameters: [(name: String, value: ParameterValue)], others: [Instrument]) {
    var saver = StateSaver(room: program.count + 256)
    var (program, parameters, others) = (Array(program), parameters, others)
    Self.persist(&program, &parameters, &others, &saver)
    bytes = saver.bytes()
  }

  var byteCount: Int { bytes.count }
  func append(to all: inout [UInt8]) -> Bool {
    all += bytes
    return true
  }

  /// nil for bytes that are none.
  static func load(
    _ loader: inout StateLoader
  ) -> (program: [UInt8], parameters: [(name: String, value: ParameterValue)], others: [Instrument])? {
    var program: [UInt8] = []
    var parameters: [(name: String, value: ParameterValue)] = []
    var others: [Instrument] = []
    persist(&program, &parameters, &others, &loader)
    return loader.isValid ? (program, parameters, others) : nil
  }

  private static func persist(
    _ program: inout [UInt8], _ parameters: inout [(name: String, value: ParameterValue)],
    _ others: inout [Instrument], _ archive: inout some StateArchive
  ) {
    archive(&program)
    archive.list(&parameters, fresh: ("", .bool(false))) { archive, parameter in
      archive(&parameter.name)
      parameter.value.persist(&archive)
    }
    var count = others.count
    archive.count(&count, bytes: 60)
    if count >= Engine.instrumentLimit { archive.fail() }
    if archive.isLoading {
      for _ in 0..<count where archive.isValid {
        if let other = Instrument.persist(nil, &archive) { others.append(other) }
      }
    } else {
      for other in others { _ = Instrument.persist(other, &archive) }
    }
  }
}

extension ParameterValue {
  fileprivate mutating func persist(_ archive: inout some StateArchive) {
    var (kind, number, flag, text) = (UInt8(FXAOT_NUMBER), 0.0, false, "")
    switch self {
    case .number(let x): number = x
    case .bool(let x): (kind, flag) = (UInt8(FXAOT_BOOL), x)
    case .text(let x): (kind, text) = (UInt8(FXAOT_TEXT), x)
    }
    archive(&kind)
    switch Int(kind) {
    case FXAOT_NUMBER:
      archive(&number)
      self = .number(number)
    case FXAOT_BOOL:
      archive(&flag)
      self = .bool(flag)
    case FXAOT_TEXT:
      archive(&text)
      self = .text(text)
    default: archive.fail()
    }
  }
}
