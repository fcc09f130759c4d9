import Research

/// A report's price and equity as a picture of 1,200 × 720 points, drawn here: it needs no browser.
enum ReportPicture {
  private static let (width, height) = (1_200, 720)
  private static let (left, right) = (16, 1_090)

  static func bytes(_ report: Report) throws(ToolError) -> [UInt8] {
    var image = PixelImage(width: width, height: height, .init(0xFFFFFF))
    let record = report.record
    let columns = right - left
    var title = [report.title, report.symbol, report.timeframe].filter { !$0.isEmpty }.joined(separator: "  ")
    if report.isStrategy {
      let figures = record.figures
      func figure(_ name: String) -> Figure.Value? { figures.first { $0.name == name }?.values.first }
      let (net, fall) = (figure("Net profit")?.number, figure("Max drawdown")?.number)
      title += "  NET PROFIT \(net.map { PlainNumber.fixed($0, places: 2) } ?? "N/A") \(report.currency)"
      title += "  MAX DRAWDOWN \(fall.map { PlainNumber.fixed($0, places: 2) } ?? "N/A")"
    }
    image.text(title, x: left, y: 12, .init(0x1B1F24), scale: 2, most: width - 2 * left)
    let bottom = report.isStrategy ? 430 : 670
    let price = StillSeries.price(record, columns: columns)
    draw(price, 44, bottom, places: report.decimals, line: .init(0x1B1F24), range: .init(0x9AA4AF), &image)
    if report.isStrategy {
      mark(record, price, 44, bottom, &image)
      let equity = StillSeries.equity(record, columns: columns)
      draw(equity, 470, 670, places: 2, line: .init(0x0072B2), range: .init(0x0072B2), &image)
    }
    if let first = record.bars.first, let last = record.bars.last {
      image.text(TimeOption.text(first.time), x: left, y: 694, .init(0x57606A), scale: 2, most: 500)
      let end = TimeOption.text(last.time)
      image.text(end, x: right - end.count * 12, y: 694, .init(0x57606A), scale: 2, most: 500)
    }
    return try image.png()
  }

  private static func draw(
    _ series: StillSeries, _ top: Int, _ bottom: Int, places: Int, line: PixelImage.Color, range: PixelImage.Color,
    _ image: inout PixelImage
  ) {
    func y(_ value: Double) -> Int { bottom - Int((series.share(value) * Double(bottom - top)).rounded()) }
    for edge in [top, bottom] { image.line(left, edge, right, edge, .init(0xD0D7DE)) }
    var last: (x: Int, y: Int)?
    for (place, column) in series.columns.enumerated() {
      let x = left + place * (right - left) / max(series.columns.count, 1)
      if column.high > column.low { image.line(x, y(column.low), x, y(column.high), range) }
      if let last { image.line(last.x, last.y, x, y(column.last), line) }
      last = (x, y(column.last))
    }
    guard !series.columns.isEmpty else { return }
    image.text(
      PlainNumber.fixed(series.high, places: places), x: right + 8, y: top - 6, .init(0x57606A), scale: 1, most: 100)
    image.text(
      PlainNumber.fixed(series.low, places: places), x: right + 8, y: bottom - 6, .init(0x57606A), scale: 1, most: 100)
  }

  /// Entries as triangles, where they are few enough to be told apart.
  private static func mark(
    _ record: RunRecord, _ price: StillSeries, _ top: Int, _ bottom: Int, _ image: inout PixelImage
  ) {
    guard record.trades.count <= 400, !record.bars.isEmpty else { return }
    for trade in record.trades {
      guard let place = record.place(of: trade.entryTime) else { continue }
      let x = left + place * (right - left) / record.bars.count
      let y = bottom - Int((price.share(trade.entryPrice) * Double(bottom - top)).rounded())
      for row in 0..<7 {
        let at = trade.isLong ? y + 3 + row : y - 3 - row
        image.line(x - row / 2, at, x + row / 2, at, trade.isLong ? .init(0x0072B2) : .init(0xD55E00))
      }
    }
  }
}
