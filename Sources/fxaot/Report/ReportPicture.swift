import Research

/// A report's price and equity as a picture of 1,200 × 720 points, drawn here: it needs no browser.
enum ReportPicture {
  private static let (width, height) = (1_200, 720)
  private static let (left, right) = (16, 1_090)

  static func bytes(_ report: Report) throws(ToolError) -> [UInt8] { try image(report).png() }

  static func image(_ report: Report) -> PixelImage {
    var image = PixelImage(width: width, height: height, .init(0xFFFFFF))
    let record = report.record
    let columns = right - left
    var title = [report.title, report.symbol, report.length].filter { !$0.isEmpty }.joined(separator: "  ")
    if report.isStrategy {
      let figures = record.figures
      func figure(_ name: String) -> Figure.Value? { figures.first { $0.name == name }?.values.first }
      let (net, fall) = (figure("Net profit")?.number, figure("Max drawdown")?.number)
      title += "  NET PROFIT \(net.map { PlainNumber.fixed($0, places: 2) } ?? "N/A") \(report.currency)"
      title += "  MAX DRAWDOWN \(fall.map { PlainNumber.fixed($0, places: 2) } ?? "N/A")"
    }
    image.text(title, x: left, y: 12, .init(0x1B1F24), scale: 2, most: width - 2 * left)
    let panes = StillPane.all(report, columns: columns).filter { $0.name != "Drawdown %" }
    // The price's pane is the highest.
    let parts = panes.enumerated().map { $0.offset == 0 ? 4.0 : 2.0 }
    let room = 626 - Double(40 * max(panes.count - 1, 0))
    var top = 44
    for (pane, part) in zip(panes, parts) {
      let height = Int(room * part / parts.reduce(0, +))
      draw(pane, top, top + height, &image)
      top += height + 40
    }
    if let first = record.bars.first, let last = record.bars.last {
      image.text(TimeOption.text(first.time), x: left, y: 694, .init(0x57606A), scale: 2, most: 500)
      let end = TimeOption.text(last.time)
      image.text(end, x: right - end.count * 12, y: 694, .init(0x57606A), scale: 2, most: 500)
    }
    return image
  }

  private static func draw(_ pane: StillPane, _ top: Int, _ bottom: Int, _ image: inout PixelImage) {
    for edge in [top, bottom] { image.line(left, edge, right, edge, .init(0xD0D7DE)) }
    if pane.name != "Price" {
      image.text(pane.name, x: left, y: top - 10, .init(0x57606A), scale: 1, most: 600)
    }
    for (ink, item) in pane.items { draw(item, ink, pane, top, bottom, &image) }
    for figure in pane.figures { draw(figure, pane, top, bottom, &image) }
    for (value, y) in [(pane.high, top), (pane.low, bottom)] {
      image.text(
        PlainNumber.fixed(value, places: pane.places), x: right + 8, y: y - 6, .init(0x57606A), scale: 1, most: 100)
    }
  }

  private static func draw(
    _ item: StillPane.Item, _ ink: StillInk, _ pane: StillPane, _ top: Int, _ bottom: Int, _ image: inout PixelImage
  ) {
    func x(_ column: Int) -> Int { left + column * (right - left) / max(pane.count, 1) }
    func y(_ value: Double) -> Int { bottom - Int((pane.share(value) * Double(bottom - top)).rounded()) }
    let (color, alpha) = ink.point
    func fill(_ from: Int, _ to: Int, _ high: Int, _ low: Int, _ image: inout PixelImage) {
      for column in from..<max(to, from + 1) {
        for row in high...max(low, high) { image.blend(column, row, color, alpha) }
      }
    }
    switch item {
    case .bars(let spans):
      for span in spans { fill(x(span.column), x(span.column + 1), y(span.high), y(span.low), &image) }
    case .bands(let bands):
      for band in bands { fill(x(band.from), x(band.to), top, bottom, &image) }
    case .lines(let runs, let isDashed):
      for run in runs {
        for (a, b) in zip(run, run.dropFirst()) {
          image.line(x(a.column), y(a.value), x(b.column), y(b.value), color, gap: isDashed ? 4 : 0)
        }
      }
    case .marks(let points, let mark):
      for point in points {
        let (x, y) = (x(point.column), y(point.value))
        switch mark {
        case .dot: fill(x - 1, x + 2, y - 1, y + 1, &image)
        case .up, .down:
          for row in 0..<7 {
            let at = mark == .up ? y + 3 + row : y - 3 - row
            image.line(x - row / 2, at, x + row / 2, at, color)
          }
        }
      }
    }
  }
}

extension ReportPicture {
  fileprivate static func draw(
    _ figure: StillFigure, _ pane: StillPane, _ top: Int, _ bottom: Int, _ image: inout PixelImage
  ) {
    func point(_ place: StillFigure.Place) -> (x: Int, y: Int) {
      (
        left + Int((place.column * Double(right - left) / Double(max(pane.count, 1))).rounded()),
        bottom - Int((pane.share(place.value) * Double(bottom - top)).rounded())
      )
    }
    switch figure.shape {
    case .lines(let lines, let width, let isDashed):
      for line in lines {
        let points = line.map(point)
        for (a, b) in zip(points, points.dropFirst()) {
          // Thick across its way.
          let isSteep = abs(b.y - a.y) > abs(b.x - a.x)
          for step in -(width - 1) / 2...width / 2 {
            let (dx, dy) = isSteep ? (step, 0) : (0, step)
            image.line(a.x + dx, a.y + dy, b.x + dx, b.y + dy, figure.ink.onPaper, gap: isDashed ? 4 : 0)
          }
        }
      }
    case .area(let places):
      let (color, alpha) = figure.ink.point
      image.area(places.map(point), color, alpha)
    case .text(let lines, let at): write(lines, at, point(at.place), figure.ink, top, bottom, &image)
    }
  }

  /// Within the pane, wherever its place is.
  private static func write(
    _ lines: [String], _ at: StillText, _ place: (x: Int, y: Int), _ ink: StillInk, _ top: Int, _ bottom: Int,
    _ image: inout PixelImage
  ) {
    let (row, edge) = (10, 3)
    let (width, height) = ((lines.map(\.count).max() ?? 0) * 6 + 2 * edge, lines.count * row + edge)
    let x = at.side == .inside ? place.x + 1 : place.x - width / 2
    let y =
      switch at.side {
      case .above: place.y - height - 5
      case .below: place.y + 5
      case .inside: place.y + 1
      }
    let (first, corner) = (max(left, min(x, right - width)), max(top, min(y, bottom - height)))
    if let plate = at.plate {
      let (color, alpha) = plate.point
      for row in corner..<corner + height {
        for column in first..<first + width { image.blend(column, row, color, alpha) }
      }
    }
    for (number, line) in lines.enumerated() {
      image.text(line, x: first + edge, y: corner + edge + number * row, ink.onPaper, scale: 1, most: width)
    }
  }
}

extension StillInk {
  /// As it looks on white.
  fileprivate var onPaper: PixelImage.Color {
    let (color, alpha) = point
    func mixed(_ part: UInt8) -> UInt32 { UInt32((Int(part) * alpha + 255 * (255 - alpha)) / 255) }
    return .init(mixed(color.red) << 16 | mixed(color.green) << 8 | mixed(color.blue))
  }

  /// On white, with an opacity of 0 to 255.
  fileprivate var point: (PixelImage.Color, Int) {
    switch self {
    case .text, .script(0xFFFF_FFFF): (.init(0x1B1F24), 255)
    case .script(let bits), .exact(let bits): (.init(bits >> 8), Int(bits & 0xFF))
    case .quiet: (.init(0x57606A), 255)
    case .link: (.init(0x0B5CAD), 255)
    case .page: (.init(0xFFFFFF), 255)
    case .range: (.init(0x9AA4AF), 255)
    case .equity: (.init(0x0072B2), 255)
    case .fall: (.init(0xC24E00), 255)
    case .long: (.init(0x0072B2), 255)
    case .short: (.init(0xD55E00), 255)
    }
  }
}
