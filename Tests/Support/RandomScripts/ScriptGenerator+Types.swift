/// Types, enums, overloads and libraries of scripts with objects.
extension ScriptGenerator {
  mutating func declareTypes() {
    let text = """
      import me/kit/1 as kit
      import me/top/2
      enum Side
          up = "Up side"
          down
          flat = "-"
      type P
          float x = \(number())
          int n
          bool t = \(random.pick(["true", "false"]))
          array<float> a
          P next
          Side side = Side.flat
          string s
      method bump(P this, float more = \(number())) =>
          this.x += more
          this.n := nz(this.n) + 1
          this.x
      method total(array<float> this, float more) =>
          s = 0.0
          for v in this
              s += nz(v) * more
          s
      method grow(array<float> this, int most, float v) =>
          if this.size() >= most
              this.shift()
          this.push(v)
          this
      link(P p, P q) =>
          p.next := q
          q.n
      choose(array<float> u, array<float> w, bool first) =>
          r = first ? u : w
          r.push(1)
          if r.size() > 5
              r.shift()
          r
      search(array<float> u, float x) =>
          r = u.copy()
          r.sort()
          r.binary_search_leftmost(nz(x)) * 10.0 + r.binary_search_rightmost(nz(x)) + r.sort_indices(order.descending).indexof(0)
      scatter(matrix<float> m, int seed) =>
          s = nz(math.abs(seed) % 50)
          for i = 0 to m.rows() - 1
              for j = 0 to m.columns() - 1
                  m.set(i, j, (s * 7 + i * 5 + j * 3 + i * j * s) % 5 - 2)
          m
      residue(matrix<float> m) =>
          vs = m.eigenvectors()
          es = m.eigenvalues()
          mv = m.mult(vs)
          squares = vs.transpose().mult(vs)
          worst = 0.0
          for i = 0 to m.rows() - 1
              for j = 0 to m.rows() - 1
                  worst := math.max(worst, math.abs(mv.get(i, j) - vs.get(i, j) * es.get(j)))
                  worst := math.max(worst, math.abs(squares.get(i, j) - (i == j ? 1 : 0)))
          worst > 1e-6 or na(worst) ? 1.0 : 0.0
      spectrum(matrix<float> m) =>
          es = m.eigenvalues()
          es.sort()
          math.round(es.first() * 100) + math.round(es.last() * 100) / 10.0
      """
    lines += text.split(separator: "\n").map(String.init)
    lines += random.below(2) == 0 ? Self.overloads : Self.overloads.reversed()
  }

  /// One line each: their order must not matter.
  private static let overloads = [
    "kind(float x) => 1 + nz(x) * 0", "kind(int x) => 2", "kind(string x) => 3", "kind(Side x) => 4",
    "kind(bool x) => 5",
    "kind(int x, float y) => 6", "kind(float x, int y) => 7",
    "early(series float x) => 1", "early(simple float x) => 2",
    "method code(array<float> this) => 10 + this.size()", "method code(array<int> this) => 20",
    "method code(P this) => 30",
    "method code(float this) => 40", "method code(int this) => 50", "method code(line this) => 60",
    "method code(Side this) => this == Side.up ? 71 : 70", "method code(map<string, float> this) => 80",
    "method code(kit.Q this) => 90", "method code(string this) => 95", "method code(chart.point this) => 99",
  ]

  /// A call of an overload, or of a library; nil for none of the kind.
  mutating func overloaded(_ kind: Kind) -> String? {
    let number = random.pick([
      "len", "k", "1", "2.5", "bar_index", "close", "int(\(leaf(.float)))", "float(\(leaf(.int)))",
    ])
    switch kind {
    case .int:
      let names = objectNames.filter {
        [.floats, .ints, .record, .line, .side, .dictionary, .token, .text, .spot].contains($0.held)
      }
      if let name = names.isEmpty ? nil : random.pick(names).text, objects(name), chance(2) { return "\(name).code()" }
      return random.pick([
        "int(kind(\(number)))", "kind(\(text(1)))", "kind(\(side()))", "kind(on)",
        "kind(\(random.pick(["1", "len"])), 2.5)",
        "kind(k, 2)", "early(\(number))", "len.code()", "k.code()", "kit.kind(\(text(0)))", "int(kit.kind(\(number)))",
        "int(top.level(\(leaf(.float))) == kit.Tone.high ? 1 : 2)", "kit.STEP",
      ])
    case .float:
      guard let token = object(.token), chance(2) else {
        return random.pick([
          "kit.acc(\(leaf(.float)))", "kit.acc(factor = 0.5, x = \(leaf(.float)))", "kit.past(\(leaf(.float)))",
          "kit.make(\(leaf(.float))).v", "kit.SCALE",
        ])
      }
      return random.pick([
        "\(token).step()", "\(token).step(\(leaf(.float)))", "top.twice(\(token))", "kit.step(\(token), 1)",
      ])
    case .truth:
      return random.pick([
        "(kit.flip(kit.Tone.low) == kit.Tone.high)", "(top.level(\(leaf(.float))) != kit.Tone.low)",
        "(str.tostring(kit.flip(kit.Tone.high)) == \"Low tone\")",
      ])
    }
  }

  private func objects(_ name: String) -> Bool {
    objectNames.contains { $0.text == name && ($0.depth == 1 || $0.depth > frame) }
  }

  static func libraries(version: Int) -> [String: String] {
    [
      "me/kit/1": """
      //@version=\(version)
      library("kit")
      SCALE = 2.5
      STEP = 2
      export enum Tone
          low = "Low tone"
          high
      export type Q
          float v = 1.5
          int k
          Tone tone = Tone.low
          array<float> a
      inner(float x) =>
          nz(x) * SCALE
      export acc(float x, float factor = SCALE) =>
          var s = 0.0
          s += nz(x) * factor
          s
      export kind(float x) => 1
      export kind(int x) => 2
      export kind(string x) => 3
      export flip(Tone t) =>
          t == Tone.low ? Tone.high : Tone.low
      export method step(Q this, float factor = SCALE) =>
          this.v += inner(factor)
          this.k := nz(this.k) + STEP
          this.tone := flip(this.tone)
          this.v
      export method keep(array<float> this, float x) =>
          this.push(x)
          if this.size() > STEP + 1
              this.shift()
          this.last()
      export make(float v) =>
          Q.new(v, a = array.from(v, SCALE))
      export past(float x) =>
          nz(x[1]) - nz(x)

      """,
      "me/top/2": """
      //@version=\(version)
      library("top")
      import me/kit/1 as base
      export twice(base.Q q) =>
          q.step(1.0) + q.step()
      export level(float x) =>
          base.acc(x) > 10 ? base.Tone.high : base.Tone.low

      """,
    ]
  }
}
