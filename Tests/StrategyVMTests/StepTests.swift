import StrategyIR
import Testing

@testable import StrategyVM

@Suite("A script over bars")
struct StepTests {
  let five = bars([10, 12, 11, 15, 14])
  let na = Double.nan

  @Test func `x[n] is the value n bars ago, na before there were that many`() throws {
    let x = try plotted(five) { b in
      let two = b.int(2)
      return b.bar(.close, ago: two)
    }
    #expect(same(x, [na, na, 10, 12, 11]))
  }

  @Test func `a variable keeps its history, with offsets that change`() throws {
    let x = try plotted(five) { b in
      let v = b.variable("v", .float)
      let doubled = b.binary(.multiply, b.bar(.close), b.int(2))
      b.declare(v, doubled)
      return b.read(v, ago: b.bar(.index))
    }
    #expect(same(x, [20, 20, 20, 20, 20]))
  }

  @Test func `var initialises once and keeps its value`() throws {
    let x = try plotted(five) { b in
      let v = b.variable("v", .float)
      b.declareOnce(v, b.bar(.close))
      let grown = b.binary(.add, b.read(v), b.int(1))
      b.assign(v, grown)
      return b.read(v)
    }
    #expect(same(x, [11, 12, 13, 14, 15]))
    let before = try plotted(five) { b in
      let v = b.variable("v", .float)
      b.declareOnce(v, b.bar(.close))
      let grown = b.binary(.add, b.read(v), b.int(1))
      b.assign(v, grown)
      return b.read(v, ago: b.int(1))
    }
    #expect(same(before, [na, 11, 12, 13, 14]))
  }

  @Test func `a kernel in a branch that is not taken does not advance`() throws {
    let x = try plotted(five) { b in
      let even = b.binary(
        .equal, b.binary(.remainder, b.bar(.index), b.int(2)), b.int(0))
      let cum = b.kernel(.cum, [b.bar(.close)])
      return b.select(even, cum, b.na(.float))
    }
    #expect(same(x, [10, na, 21, na, 35]))
  }

  @Test func `for counts both ways; break and continue`() throws {
    let x = try plotted(five) { b in
      let sum = b.variable("sum", .float)
      let i = b.variable("i", .int)
      b.declare(sum, b.float(0))
      let (from, to) = (b.int(5), b.int(1))
      b.forLoop(i, from: from, to: to) { b in
        let three = b.binary(.equal, b.read(i), b.int(3))
        b.branch(three) { $0.continueLoop() }
        let two = b.binary(.less, b.read(i), b.int(2))
        b.branch(two) { $0.breakLoop() }
        let more = b.binary(.add, b.read(sum), b.read(i))
        b.assign(sum, more)
      }
      return b.read(sum)
    }
    #expect(same(x, [11, 11, 11, 11, 11]))
  }

  @Test func `a kernel in a loop takes the bar's last call for the bar`() throws {
    let x = try plotted(five) { b in
      let sum = b.variable("sum", .float)
      let i = b.variable("i", .int)
      b.declare(sum, b.float(0))
      let (from, to) = (b.int(1), b.int(2))
      b.forLoop(i, from: from, to: to) { b in
        let mean = b.kernel(.sma, [b.bar(.close), b.read(i)])
        let more = b.binary(.add, b.read(sum), mean)
        b.assign(sum, more)
      }
      return b.read(sum)
    }
    let expected: [Double] = [na, 23, 22.5, 28, 28.5]
    #expect(same(x, expected))
  }

  @Test func `a loop without end stops the script with its line`() throws {
    var b = ProgramBuilder()
    let v = b.variable("v", .float)
    b.declare(v, b.float(0))
    b.line = 7
    let yes = b.binary(.greaterOrEqual, b.bar(.close), b.float(0))
    b.whileLoop(yes) { b in
      let more = b.binary(.add, b.read(v), b.bar(.close))
      b.assign(v, more)
    }
    let read = b.read(v)
    b.plot("v", read)
    #expect(try run(b.finish(), five).failure == .budget(line: 7))
  }

  @Test func `na compares false, numbers within 1e-10 are equal, a number by 0 is na`() throws {
    let x = try plotted(five) { b in
      let tenths = b.binary(.divide, b.bar(.close), b.float(100))
      let sum = b.binary(.add, tenths, b.float(0.2))
      let expected = b.binary(.subtract, b.binary(.add, sum, b.float(3e-11)), b.float(0))
      return b.binary(.equal, sum, expected)
    }
    #expect(same(x, [1, 1, 1, 1, 1]))
    let y = try plotted(five) { b in
      let unknown = b.bar(.close, ago: b.int(1))
      return b.binary(.notEqual, unknown, b.int(10))
    }
    #expect(same(y, [0, 0, 1, 1, 1]))
    let z = try plotted(five) { b in
      let nothing = b.binary(.subtract, b.bar(.close), b.bar(.close))
      let quotient = b.binary(.divide, b.bar(.close), nothing)
      return b.unary(.isNA, quotient)
    }
    #expect(same(z, [1, 1, 1, 1, 1]))
  }

  @Test func `orders carry what the call gives, nan and the empty text elsewhere`() throws {
    var b = ProgramBuilder()
    var call = OrderCall(.entry)
    call.id = b.text("L")
    call.direction = b.int(1)
    call.limit = b.bar(.low)
    let comment = b.function(.textOfNumber, [b.bar(.close)])
    call.comment = b.function(.concatenate, [b.text("at "), comment])
    let isLast = b.bar(.isLast)
    b.branch(isLast) { $0.order(call) }
    let outcome = try run(b.finish(), five)
    #expect(outcome.orders.map(\.count) == [0, 0, 0, 0, 1])
    let order = try #require(outcome.orders[4].first)
    #expect(order.kind == .entry && order.direction == 1 && order.limit == 13)
    #expect(order.stop != order.stop && order.fromEntry == 0)
    #expect(outcome.texts(order.id) == "L" && outcome.texts(order.comment) == "at 14")
  }
}
