/// The binary form of a program.
///
///     "FXIR"   4 bytes
///     version  1 byte
///     settings, parameters, texts, variables, expressions with types, arguments, sites, requests,
///     blocks with lines, loops, orders, risks, plots, body: as the tables of `Program`, each a
///     count and its entries
///
/// Names are by number, so an enumeration's cases only ever get new ones at their end; anything
/// else makes a new version.
extension Program {
  public static let codecVersion: UInt8 = 4
  /// Of the byte of a variable's type: `staysWithinBar`.
  private static let within: UInt8 = 0x80
  static let magic: [UInt8] = Array("FXIR".utf8)

  public func encoded() -> [UInt8] {
    var w = ByteWriter()
    for byte in Self.magic { w.byte(byte) }
    w.byte(Self.codecVersion)
    settings.write(&w)
    w.list(parameters) { $1.write(&$0) }
    w.list(Array(texts.dropFirst())) { $0.text($1) }
    w.list(variables) {
      $0.text($1.name)
      $0.byte($1.type.rawValue | ($1.staysWithinBar ? Self.within : 0))
    }
    w.list(Array(zip(expressions, types))) {
      $0.byte($1.1.rawValue)
      $1.0.write(&$0)
    }
    w.list(arguments) { $0.signed($1.raw) }
    w.list(sites) {
      $0.byte($1.kernel.rawValue)
      $1.arguments.write(&$0)
    }
    w.list(requests) { $1.write(&$0) }
    w.list(Array(zip(blocks, lines))) { w, block in
      w.list(Array(zip(block.0, block.1))) {
        $0.signed($1.1)
        $1.0.write(&$0)
      }
    }
    w.list(loops) { $1.write(&$0) }
    w.list(orders) { $1.write(&$0) }
    w.list(risks) { $1.write(&$0) }
    w.list(plots) { $0.text($1.title) }
    w.signed(body.raw)
    return w.bytes
  }

  /// nil for bytes that are not a valid program of this version. O(size).
  public init?(encoded bytes: [UInt8]) {
    self.init()
    var r = ByteReader(bytes)
    for byte in Self.magic where r.byte() != byte { r.fail() }
    if r.byte() != Self.codecVersion { r.fail() }
    settings = ProgramSettings(&r)
    parameters = r.list { Parameter(&$0) }
    texts += r.list { $0.text() }
    variables = r.list { r in
      let name = r.text()
      let byte = r.byte()
      let type = ValueType(rawValue: byte & ~Self.within)
      if type == nil { r.fail() }
      return Variable(name: name, type: type ?? .int, staysWithinBar: byte & Self.within != 0)
    }
    let typed = r.list { r -> (Expression, ValueType) in
      let type = r.raw(ValueType.self, otherwise: .int)
      return (Expression(&r), type)
    }
    expressions = typed.map(\.0)
    types = typed.map(\.1)
    arguments = r.list { ExpressionRef($0.signed()) }
    sites = r.list {
      Site(kernel: $0.raw(Kernel.self, otherwise: .sma), arguments: ArgumentList(&$0))
    }
    requests = r.list { Request(&$0) }
    let lined = r.list { r in r.list { r in (r.signed(), Statement(&r)) } }
    blocks = lined.map { $0.map(\.1) }
    lines = lined.map { $0.map(\.0) }
    loops = r.list { ForLoop(&$0) }
    orders = r.list { OrderCall(&$0) }
    risks = r.list { RiskCall(&$0) }
    plots = r.list { Plot(title: $0.text()) }
    body = BlockRef(r.signed())
    guard r.isValid, r.isAtEnd, isValid else { return nil }
  }
}
