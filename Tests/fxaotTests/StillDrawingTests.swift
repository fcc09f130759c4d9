import StrategyVM
import Testing

@testable import Research
@testable import fxaot

/// Drawings in the still pictures of a report: PNG, and SVG for the page without the chart library.
struct StillDrawingTests {
  private typealias Place = StillFigure.Place

  private let frame = StillFrame(columns: 0...10, values: 0...100)

  /// Ten bars from 100 to 200.
  private func report(_ figures: [ReportDrawing]) -> Report {
    var record = RunRecord(initialCapital: 0)
    for number in 0..<10 {
      let time = Int64(number) * 60_000
      let bar = ScriptBar(
        time: time, timeClose: time + 60_000, open: 150, high: 200, low: 100, close: 150, volume: 1)
      record.note(bar, day: 0, equity: 0, lowest: 0, realised: 0, inMarket: false)
    }
    var report = Report(
      title: "T", symbol: "", timeframe: "", currency: "", decimals: 0, isStrategy: false, record: record)
    report.drawings = ReportDrawings(figures)
    return report
  }

  private func box() -> ReportDrawing {
    var box = ReportDrawing(.box, [.init(bar: 2, price: 180), .init(bar: 5, price: 120)])
    (box.fill, box.color, box.text) = (0xFF00_00FF, 0x00FF_00FF, "zone")
    return box
  }

  private func label(at bar: Double) -> ReportDrawing {
    var label = ReportDrawing(.label, [.init(bar: bar, price: nil)])
    (label.text, label.color, label.textColor) = ("a<b\nc", 0x0000_FFFF, 0xFFFF_FFFF)
    (label.style, label.yloc) = ("label_up", "belowbar")
    return label
  }

  @Test func `a line ends where the picture ends`() {
    #expect(
      frame.cut(Place(column: -5, value: 0), Place(column: 5, value: 100)) == [
        Place(column: 0, value: 50), Place(column: 5, value: 100),
      ])
    #expect(
      frame.cut(Place(column: 2, value: 150), Place(column: 2, value: -50)) == [
        Place(column: 2, value: 100), Place(column: 2, value: 0),
      ])
    #expect(frame.cut(Place(column: -5, value: 0), Place(column: -1, value: 100)).isEmpty)
    #expect(frame.cut(Place(column: -.infinity, value: 0), Place(column: 1, value: 1)).isEmpty)
  }

  @Test func `a line that leaves the picture and comes back has two parts`() {
    let places = [(1.0, 50.0), (2, 150), (3, 50)].map { Place(column: $0.0, value: $0.1) }
    #expect(
      frame.cut(line: places) == [
        [Place(column: 1, value: 50), Place(column: 1.5, value: 100)],
        [Place(column: 2.5, value: 100), Place(column: 3, value: 50)],
      ])
  }

  @Test func `an area ends where the picture ends`() {
    let square = [(-5.0, 50.0), (5, 50), (5, 150), (-5, 150)].map { Place(column: $0.0, value: $0.1) }
    let seen = frame.cut(area: square).map { [$0.column, $0.value] }
    #expect(seen.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) } == [[0, 50], [0, 100], [5, 50], [5, 100]])
    #expect(frame.cut(area: square.map { Place(column: $0.column - 20, value: $0.value) }).isEmpty)
  }

  @Test func `a box is in both pictures`() {
    let svg = StillCharts.svg(report([box()]))
    #expect(
      svg.contains("fill=\"#ff0000ff\" d=\"M250.0 44.0L550.0 44.0L550.0 176.0L250.0 176.0Z\""))
    #expect(svg.contains("stroke=\"#00ff00ff\""))
    #expect(svg.contains("<span class=\"inside\" style=\"left:25.00%;top:20.00%;color:var(--quiet)\">zone</span>"))
    let image = ReportPicture.image(report([box()]))
    #expect(image[400, 300].map { $0 == (255, 0, 0) } == true)
    #expect(image[400, 169].map { $0 == (0, 255, 0) } == true)
    #expect(image[700, 300].map { $0 == (255, 0, 0) } == false)
  }

  @Test func `a line goes on to the edge where the script says so`() {
    var line = ReportDrawing(.line, [.init(bar: 0, price: 110), .init(bar: 1, price: 120)])
    (line.color, line.width, line.extend, line.style) = (0xFF00_00FF, 2, "extend.right", "style_dashed")
    let svg = StillCharts.svg(report([line]))
    // 10 a bar from the first one's middle on: 205 at the edge, 200 before it.
    #expect(svg.contains("class=\"line dashed\" style=\"stroke-width:2\" stroke=\"#ff0000ff\" d=\"M50.0 198.0"))
    #expect(svg.contains("L950.0 0.0\""))
    line.extend = nil
    #expect(!StillCharts.svg(report([line])).contains("L950.0 0.0"))
  }

  @Test func `a label stands below its bar with its own colours`() {
    let svg = StillCharts.svg(report([label(at: 4)]))
    #expect(
      svg.contains(
        "<span class=\"below\" style=\"left:45.00%;top:100.00%;color:#ffffffff;background:#0000ffff\">a&lt;b\nc</span>")
    )
    // Its plate, moved up into the pane: two rows high and as wide as three letters.
    let image = ReportPicture.image(report([label(at: 4)]))
    #expect(image[490, 648].map { $0 == (0, 0, 255) } == true)
    #expect(image[490, 671].map { $0 == (0, 0, 255) } == false)
  }

  @Test func `what lies beside the picture is not in it`() {
    let far = StillCharts.svg(report([label(at: 40)]))
    #expect(!far.contains("<span"))
    var hidden = box()
    (hidden.fill, hidden.color, hidden.text) = (0, 0, nil)
    #expect(StillCharts.svg(report([hidden])) == StillCharts.svg(report([])))
  }

  @Test func `an area of points has its inside filled, not its hole`() {
    var image = PixelImage(width: 8, height: 4, .init(0xFFFFFF))
    image.area([(0, 0), (8, 0), (8, 4), (4, 4), (4, 2), (2, 2), (2, 4), (0, 4)], .init(0), 255)
    let rows = (0..<4).map { y in
      (0..<8).map { x in image[x, y].map { $0 == (0, 0, 0) } == true ? "#" : "." }.joined()
    }
    #expect(rows == ["########", "########", "##..####", "##..####"])
  }
}
