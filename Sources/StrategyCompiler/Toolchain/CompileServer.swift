import Artifacts
import StrategyVM

/// The other end of a compiler's port: requests and answers are frames of four bytes of length,
/// big-endian, then a letter.
///
///     C plan bytes   ▶  O {"plan", "manifest", "cached", "milliseconds"}    compile, unless cached
///     Q plan hash    ▶  O {"cached", "manifest"}  or  N                     is it there already?
///     any request    ▶  E {"reason", "message"}
///
/// One request at a time. It ends when its input does, and a compiler that runs then ends with it.
public struct CompileServer {
  /// Larger requests end the server: the other end does not speak this.
  static let longestFrame = 1 << 26

  private let maker: ArtifactMaker
  private let input, output: Int32

  private let isStopped: () -> Bool

  /// `isStopped` is asked after signals, and while a compiler runs.
  public init(
    _ maker: ArtifactMaker, input: Int32 = 0, output: Int32 = 1,
    isStopped: @escaping () -> Bool = { false }
  ) {
    self.maker = maker
    self.input = input
    self.output = output
    self.isStopped = isStopped
    maker.isCancelled = { isStopped() || CompileServer.hasHungUp(input) }
  }

  /// Serves until the input ends. Throws where the other end breaks off or talks nonsense.
  public func run() throws(CompilerError) {
    while let frame = try readFrame() {
      let answer = answer(to: frame)
      // Nobody is there any more to hear it.
      if CompileServer.hasHungUp(input) { return }
      try write(answer)
    }
  }

  func answer(to request: [UInt8]) -> [UInt8] {
    let start = ContinuousClock.now
    do throws(CompilerError) {
      let body = request.dropFirst()
      switch request.first {
      case 0x43: return try compile(Array(body), start)
      case 0x51: return find(Array(body))
      default: throw .failed("a request must begin with C or Q")
      }
    } catch {
      return CompileServer.frame(
        "E",
        [("reason", .text(error.reason)), ("message", .text(error.sentence))])
    }
  }

  private func compile(
    _ bytes: [UInt8], _ start: ContinuousClock.Instant
  ) throws(CompilerError) -> [UInt8] {
    guard let plan = NativePlan(encoded: bytes) else {
      throw .badPlan("not a plan of this version")
    }
    let made = try maker.make(plan, for: .thisMachine)
    let time = (ContinuousClock.now - start).components
    let milliseconds = time.seconds * 1_000 + time.attoseconds / 1_000_000_000_000_000
    return CompileServer.frame(
      "O",
      [
        ("plan", .text(HexText.text(plan.hash))), ("manifest", .text(made.manifest)),
        ("cached", .plain("\(made.isCached)")), ("milliseconds", .plain("\(milliseconds)")),
      ])
  }

  private func find(_ hash: [UInt8]) -> [UInt8] {
    guard hash.count == SHA256.byteCount, let manifest = maker.find(plan: hash, for: .thisMachine)
    else { return Array("N".utf8) }
    return CompileServer.frame("O", [("cached", .plain("true")), ("manifest", .text(manifest))])
  }

  // MARK: - bytes

  private enum Value {
    case text(String)
    case plain(String)

    var json: String {
      switch self {
      case .text(let text): CompileServer.quoted(text)
      case .plain(let text): text
      }
    }
  }

  private static func frame(_ letter: String, _ fields: [(String, Value)]) -> [UInt8] {
    let body = fields.map { "\"\($0.0)\":\($0.1.json)" }.joined(separator: ",")
    return Array("\(letter){\(body)}".utf8)
  }

  /// A JSON string (RFC 8259).
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 32:
        let digits = HexText.text([UInt8(scalar.value)])
        result += "\\u00" + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private func readFrame() throws(CompilerError) -> [UInt8]? {
    guard let header = try read(4, isStart: true) else { return nil }
    let length = header.reduce(0) { $0 << 8 | Int($1) }
    guard length <= CompileServer.longestFrame else {
      throw .failed("a request of \(length) bytes is too long")
    }
    return try read(length, isStart: false)
  }

  /// nil at an end between two requests.
  private func read(_ count: Int, isStart: Bool) throws(CompilerError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        System.readBytes(input, UnsafeMutableRawBufferPointer(rebasing: $0[done...]))
      }
      if got < 0, errno == EINTR {
        if isStopped() { return nil }
        continue
      }
      guard got >= 0 else { throw .system("read", "the requests", errno) }
      if got == 0 {
        if isStart, done == 0 { return nil }
        throw .failed("the requests end in the middle of one")
      }
      done += got
    }
    return bytes
  }

  private func write(_ answer: [UInt8]) throws(CompilerError) {
    let length = UInt32(answer.count)
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + answer
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        System.writeBytes(output, UnsafeRawBufferPointer(rebasing: $0[done...]))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system("write", "the answer", errno) }
      done += count
    }
  }

  /// Whether the other end of a pipe is closed.
  private static func hasHungUp(_ file: Int32) -> Bool {
    var request = pollfd(fd: file, events: 0, revents: 0)
    return poll(&request, 1, 0) > 0 && request.revents & Int16(POLLHUP | POLLERR) != 0
  }
}
