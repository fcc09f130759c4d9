import Calendar

/// The `str.*` functions: numbers in and out, texts by their number in an arena.
///
/// Works in one buffer that keeps its room, so a script that builds a text on each bar allocates
/// only while its texts get longer or new.
public final class TextFunctions {
  public let arena: TextArena
  private let price: NumberFormat
  private let mintick: Double
  @exclusivity(unchecked) var out: [UInt8] = []
  /// A copy of an argument's bytes, while others are read.
  @exclusivity(unchecked) var source: [UInt8] = []
  @exclusivity(unchecked) var other: [UInt8] = []
  /// The newest one of `str.match`.
  @exclusivity(unchecked) var expression: (pattern: [UInt8], made: RegularExpression)?
  /// The arena was full; the answer was na then. A function of its own, since in another module
  /// the property would be checked for exclusive access on each bar.
  public var isFull: Bool {
    @inline(never) get { hasOverflowed }
  }
  @exclusivity(unchecked) private var hasOverflowed = false

  public init(arena: TextArena, mintick: Double) {
    self.arena = arena
    price = .price(mintick: mintick)
    self.mintick = mintick
    out.reserveCapacity(256)
  }

  /// nil: not a function of texts. Bit i of `texts` says that argument i is a text.
  public func evaluate(
    _ function: Function, _ a: UnsafeBufferPointer<Double>, texts: UInt32
  ) -> Double? {
    guard a.count >= function.arity else { return nil }
    out.removeAll(keepingCapacity: true)
    switch function {
    case .concatenate:
      if a[0] != a[0] || a[1] != a[1] { return .nan }
      append(text: a[0])
      append(text: a[1])
    case .textOfNumber: NumberFormat.plain.append(a[0], to: &out)
    case .textOfNumberFormatted: appendNumber(a[0], format: a[1])
    case .textOfBool:
      out.append(contentsOf: (a[0] == 1 ? "true" : a[0] == a[0] ? "false" : "NaN").utf8)
    case .textFormat: appendMessage(a, texts: texts)
    case .timeframeFromSeconds:
      guard a[0] >= 1, a[0] < 1e9 else { return .nan }
      out.append(contentsOf: Period(seconds: Int(a[0])).text.utf8)
    case .textSubstring, .textReplace, .textReplaceAll, .textUpper, .textLower, .textTrim,
      .textRepeat, .textMatch:
      if a[0] != a[0] { return .nan }
      load(a[0], into: &source)
      edit(function, a)
    default: return inspect(function, a)
    }
    return made()
  }

  /// The built text's number.
  func made() -> Double {
    var cut = min(out.count, TextArena.longestText)
    while cut > 0, cut < out.count, !Self.startsCharacter(out[cut]) { cut -= 1 }
    let ref = out.withUnsafeBufferPointer {
      arena.intern(UnsafeBufferPointer(rebasing: $0[..<cut]))
    }
    guard let ref else {
      hasOverflowed = true
      return .nan
    }
    return Double(ref)
  }

  /// The number of a text that is no function's result; na where the arena is full.
  public func made(_ text: String) -> Double {
    out.removeAll(keepingCapacity: true)
    out.append(contentsOf: text.utf8)
    return made()
  }

  /// The number of a text value; nil for na.
  static func ref(_ x: Double) -> TextRef? { TextRef(exactly: x) }

  func append(text x: Double) {
    guard let ref = Self.ref(x) else { return out.append(contentsOf: "NaN".utf8) }
    arena.withBytes(of: ref) { out.append(contentsOf: $0) }
  }

  func load(_ x: Double, into buffer: inout [UInt8]) {
    buffer.removeAll(keepingCapacity: true)
    guard let ref = Self.ref(x) else { return }
    arena.withBytes(of: ref) { buffer.append(contentsOf: $0) }
  }

  /// `format.mintick`, `format.percent`, `format.volume`, or a pattern.
  func appendNumber(_ x: Double, format: Double) {
    load(format, into: &source)
    if source.elementsEqual("mintick".utf8) {
      price.append(NumberFunctions.round(x, step: mintick), to: &out)
    } else if source.elementsEqual("percent".utf8) {
      Self.twoPlaces.append(x, to: &out)
      out.append(UInt8(ascii: "%"))
    } else if source.elementsEqual("volume".utf8) {
      appendVolume(x)
    } else if source.isEmpty {
      NumberFormat.plain.append(x, to: &out)
    } else {
      source.withUnsafeBufferPointer { NumberFormat(pattern: $0) }.append(x, to: &out)
    }
  }

  private static let twoPlaces: NumberFormat = {
    var format = NumberFormat(fewest: 2, most: 2)
    format.whole = 1
    return format
  }()

  /// 12.345K, 1.5M; a whole number below 1,000.
  private func appendVolume(_ x: Double) {
    let units: [(Double, UInt8)] = [
      (1e12, UInt8(ascii: "T")), (1e9, UInt8(ascii: "B")), (1e6, UInt8(ascii: "M")),
      (1e3, UInt8(ascii: "K")),
    ]
    let unit = units.first { abs(x) >= $0.0 }
    NumberFormat(fewest: 0, most: unit == nil ? 0 : 3).append(x / (unit?.0 ?? 1), to: &out)
    if let unit { out.append(unit.1) }
  }
}
