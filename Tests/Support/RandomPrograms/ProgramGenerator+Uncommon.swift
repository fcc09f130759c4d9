import StrategyIR

/// What only the full vocabulary has.
extension ProgramGenerator {
  /// nil for a type that has nothing of the kind.
  mutating func uncommon(_ type: ValueType, _ depth: Int) -> ExpressionRef? {
    switch type {
    case .bool:
      switch random.below(4) {
      case 0: return anyKernel(type, depth)
      case 1: return b.bar(random.pick(BarField.allCases.filter { $0.type == .bool }))
      case 2: return b.unary(.truth, expression(.float, depth - 1))
      default: return b.function(.textContains, [text(depth - 1), text(depth - 1)])
      }
    case .int:
      switch random.below(6) {
      case 0: return anyKernel(type, depth)
      case 1: return b.bar(random.pick(BarField.allCases.filter { $0.type == .int }))
      case 2: return time(depth)
      case 3: return b.unary(.truncate, expression(.float, depth - 1))
      case 4: return b.function(.textLength, [b.positionEntryName()])
      default: return b.book(random.pick([.openTrades, .closedTrades, .winTrades]))
      }
    case .float:
      switch random.below(6) {
      case 0: return function(depth)
      case 1: return b.bar(random.pick(BarField.allCases.filter { $0.type == .float }))
      case 2: return book(depth)
      default: return anyKernel(type, depth)
      }
    default: return nil
    }
  }

  // MARK: Kernels

  private mutating func anyKernel(_ type: ValueType, _ depth: Int) -> ExpressionRef {
    let fitting = Kernel.allCases.filter { $0.type == type }
    let kernel = random.pick(fitting)
    return b.kernel(kernel, arguments(of: kernel, depth))
  }

  /// All results of a kernel that has several, each in a variable of its own.
  mutating func declareResults(_ depth: Int) {
    let kernel = random.pick(Kernel.allCases.filter { $0.results > 1 })
    for e in b.kernels(kernel, arguments(of: kernel, 2)) {
      let v = b.variable("t", .float)
      b.declare(v, e)
      scopes[scopes.count - 1].append((v, .float, false))
      if depth == 0 { plotted.append(v) }
    }
  }

  private mutating func arguments(of kernel: Kernel, _ depth: Int) -> [ExpressionRef] {
    // Windows for any length are large, and a loop copies them each round.
    let mayChange = kernel.takesChangingLength && loopDepth == 0
    return kernel.arguments.map { name in
      switch name {
      case "source", "source1", "source2", "series", "high", "low":
        return expression(.float, depth - 1)
      case "condition", "anchor": return expression(.bool, depth - 1)
      case "biased", "floor", "useTrueRange", "handle_na": return b.bool(random.below(2) == 0)
      case "percentage": return b.float(Double(random.below(101)))
      case "offset" where kernel == .alma: return b.float(0.85)
      case "offset", "occurrence": return b.int(random.below(3))
      case "sigma": return b.float(6)
      case "mult", "factor", "stdev_mult": return b.float(Double(1 + random.below(6)) / 2)
      case "start", "inc": return b.float(0.02)
      case "max": return b.float(0.2)
      case "timeframe": return b.text(random.pick(["60", "D", ""]))
      default: return length(mayChange)
      }
    }
  }

  private mutating func length(_ mayChange: Bool) -> ExpressionRef {
    guard mayChange, random.below(4) == 0 else { return b.int(1 + random.below(24)) }
    let changing = b.binary(.remainder, b.bar(.index), b.int(2 + random.below(9)))
    return b.binary(.add, changing, b.int(1))
  }

  // MARK: Functions

  private mutating func function(_ depth: Int) -> ExpressionRef {
    let x = expression(.float, depth - 1)
    switch random.below(5) {
    case 0:
      let y = expression(.float, depth - 1)
      return b.function(.avg, [x, y, expression(.float, depth - 1)])
    case 1: return b.function(.pow, [b.function(.abs, [x]), b.float(0.5)])
    case 2: return b.function(.roundTo, [x, b.int(random.below(4))])
    case 3: return b.function(.textToNumber, [text(depth - 1)])
    default:
      return b.function(
        random.pick([
          .ceil, .exp, .log, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .toDegrees, .toRadians,
          .roundToMintick,
        ]), [x])
    }
  }

  private mutating func time(_ depth: Int) -> ExpressionRef {
    let zone = b.text(random.pick(["", "UTC+2"]))
    switch random.below(3) {
    case 0:
      let session = b.text(
        random.pick(["", "0900-1700", "1700-0300:23456", "0900-1130,1230-1500:2345"]))
      let timeframe = b.text(random.pick(["", "60", "D", "3D", "W", "2W", "M"]))
      return b.function(random.pick([.time, .timeClose]), [timeframe, session, zone])
    case 1:
      let year = b.function(.year, [b.bar(.time), zone])
      let rest = [b.int(3), b.int(1 + random.below(28)), b.bar(.hour), b.int(0), b.int(0)]
      return b.function(.timestamp, [zone, year] + rest)
    default:
      let fields: [Function] = [
        .year, .month, .weekOfYear, .dayOfMonth, .dayOfWeek, .hour, .minute, .second,
      ]
      return b.function(random.pick(fields), [b.bar(.time), zone])
    }
  }

  private mutating func book(_ depth: Int) -> ExpressionRef {
    if random.below(2) == 0 {
      return b.book(random.pick(BookField.allCases.filter { $0.type == .float }))
    }
    let fields = TradeField.allCases.filter { $0.type == .float }
    let index = random.below(2) == 0 ? b.int(0) : expression(.int, depth - 1)
    return b.trade(random.pick(fields), open: random.below(2) == 0, index: index)
  }
}
