/// Makes scripts out of pieces of scripts, and damages them. The same seed makes the same scripts.
struct Mutation {
  private var state: UInt64
  private let pieces: [[UInt8]]
  private let words: [[UInt8]]

  init(seed: UInt64) {
    state = seed | 1
    pieces = Self.corpus.split(separator: "\n\n").map { Array($0.utf8) }
    words = Self.vocabulary.split(separator: "|").map { Array($0.utf8) }
  }

  /// xorshift64
  private mutating func random(below limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return limit > 0 ? Int(truncatingIfNeeded: state >> 16 & 0xFFFF_FFFF) % limit : 0
  }

  mutating func script() -> [UInt8] {
    var text = Array("//@version=\(5 + random(below: 2))\nstrategy(\"f\")\n".utf8)
    for _ in 0..<random(below: 8) {
      text += pieces[random(below: pieces.count)]
      text.append(UInt8(ascii: "\n"))
    }
    for _ in 0..<random(below: 5) { damage(&text) }
    return text
  }

  private mutating func damage(_ text: inout [UInt8]) {
    let at = random(below: text.count + 1)
    let end = min(text.count, at + random(below: 24))
    switch random(below: 5) {
    case 0: if at < text.count { text[at] = UInt8(truncatingIfNeeded: random(below: 256)) }
    case 1: text.removeSubrange(at..<end)
    case 2, 3: text.insert(contentsOf: words[random(below: words.count)], at: at)
    default: text.insert(contentsOf: Array(text[at..<end]), at: random(below: text.count))
    }
  }

  private static let vocabulary =
    "(|)|[|]|,|=|:=|=>|?|:|if |else|else if |for |to |\n|\n    |\n        |na|[1]|switch|var |and "
    + "|or |not |\"|'|1e999|.|\t|[a, b] = |f(x) => |close|+|-|*|/|%|<|==|true|ta.sma(|5)|break"
    + "|continue|while |request.security(syminfo.tickerid, \"D\", |int |float |string |enum |type "
    + "|#ff0000|0x|_|input.int(5)|x.y|//|\u{20AC}|method |strategy.entry(\"a\", strategy.long)"
    + "|array<float> |array.new<float>(|.get(0)|.push(|map<int, P> |P.new(|.x := |.x|for v in |[1]).x"
    + "|.copy()|lib.|import me/tools/1|matrix.new<int>(2, 2)|array.from(|this|method grow(P this) => "

  private static let corpus = """
    a = close

    b = ta.ema(close, 9)

    var n = 0
    n += 1

    f(x, y = 2) =>
        z = x[1] + y
        z * 2

    c = f(close) + f(open, 3)

    [m, s, h] = ta.macd(close, 12, 26, 9)

    if close > open
        strategy.entry("L", strategy.long, qty = 2, comment = str.tostring(close))
    else if close < open
        strategy.close("L")
    else
        strategy.exit("X", "L", profit = 10, loss = 5)

    d = if close > open
        1
    else
        2.5

    e = switch bar_index % 3
        0 => close
        1 =>
            q = open
            q + 1
        => na

    for i = 0 to 5
        if i == 3
            continue
        n := n + i

    while n > 10
        n -= 3
        break

    g = request.security(syminfo.tickerid, "D", ta.sma(close, 5)[1])

    [u, v] = request.security(syminfo.tickerid, "60", [high, low])

    len = input.int(14, "Length", minval = 1)

    mode = input.string("A", options = ["A", "B"])

    plot(close > open ? ta.rsi(close, 5) : na, "x", color = color.new(color.red, 50))

    bgcolor(close > open ? color.green : na)

    var label lb = na
    lb := label.new(bar_index, high, "t")
    label.delete(lb[1])

    enum Side
        long = "Long"
        short

    side = input.enum(Side.long)
    k = side == Side.short ? 1 : 2

    method half(float x) => x / 2
    w = close.half()

    t = not na(time(timeframe.period, "0930-1600:23456", "America/New_York"))

    p = strategy.position_size[1] != 0 and strategy.closedtrades.profit(0) > 0

    var list = array.new<float>(3, 1.5)
    list.push(close)
    if list.size() > 9
        list.shift()
    for [at, v] in list
        if v > close
            break
        list.set(at, v + list.slice(0, 2).sum())

    r = array.from(1, 2, 3)
    r.set(0, r.get(-1) + r.indexof(2))
    g(array<int> q, float more = na) =>
        q.concat(array.from(1))
        na(more) ? q.max() : more
    j = g(r, 2) + g(r)

    type P
        float x = 1
        int n
        array<float> past
        P next
    method grow(P this, float more = 1) =>
        this.x += more
        this
    method grow(array<float> this) => this.push(0)
    P o = P.new(close, n = 2)
    o.x += 1
    o.next := P.new(past = array.new<float>())
    (o.next).x := o.copy().grow(2).grow().x
    o.next.past.grow()
    var ps = array.new<P>()
    ps.push(o)
    ps.get(0).x := na(o[1]) ? 0 : (o[1]).x

    mp = map.new<string, float>()
    mp.put("a", close)
    for [key, v] in mp
        mp.put(key, v * str.length(key))

    mx = matrix.new<float>(2, 2, 0)
    mx.set(0, 1, close)
    det = mx.mult(mx.transpose()).det() + mx.row(0).sum()

    var ln = line.new(0, 1, 2, 3)
    ln.set_y1(close)
    price = ln.get_price(3) + label.all.size()

    import me/tools/1 as lib
    st = lib.State.new(2)
    st.add(close)
    sm = lib.smooth(close, 3) + lib.HALF + st.value
    """
}
