import Testing

@testable import fxaot

/// What `fxaot inspect` says of a file.
struct InspectTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func report(_ name: String, _ text: String) throws -> TextReport {
    let options = QuoteReader.Options(badLineLimit: .max)
    let survey = try TextSurvey([try scratch.file(name, text)], options) { _ in }
    let surveyed = try #require(survey.texts.first)
    return try TextReport(try TextReader(surveyed, symbol: 1, options) { _ in })
  }

  private let first: Int64 = 1_709_510_400

  @Test func `bars show their step strays and gaps`() throws {
    let times = [0, 60, 120, 180, 181, 240, 600, 660].map { (first + $0 * 60) * 1_000 }
    let rows = times.map { "\($0),1.1,1.2,1.0,1.15,5\n" }.joined()
    let report = try report("eurusd.csv", "timestamp,open,high,low,close,volume\n" + rows)
    #expect(report.rows == 8)
    #expect(report.step == 3_600)
    #expect(report.strays == 1)
    #expect(report.strayTimes == ["2024-03-04T03:01:00Z"])
    #expect(report.gaps == 1)
    #expect(report.longestGap == "6h after 2024-03-04T04:00:00Z")
    #expect(report.from == "2024-03-04T00:00:00Z")
    #expect(report.to == "2024-03-04T11:00:00Z")
    #expect(report.first.first == "2024-03-04T00:00:00Z open 1.1 high 1.2 low 1 close 1.15 volume 5")
    #expect(report.last.count == 3)
  }

  @Test func `a report beside the data is skipped and named`() throws {
    _ = try scratch.file("a.csv", "time,bid,ask\n2024-03-04,1.1,1.2\n")
    let report = try scratch.file("a.txt", "Status report\n")
    let reader = try QuoteReader(try QuoteSources([scratch.path]).paths)
    #expect(
      reader.notes == [
        "\(report) skipped: no line has columns separated by commas, semicolons, tabs or bars"
      ])
    #expect(throws: ToolError.self) { try QuoteReader([report]) }
  }

  @Test func `quotes show crossed late repeated and bad ones`() throws {
    let text = """
      time,ask,bid
      2024-03-04 00:00:01,1.2,1.1
      2024-03-04 00:00:01,1.2,1.1
      2024-03-04 00:00:03,1.1,1.2
      2024-03-04 00:00:02,1.2,1.1
      2024-03-04 02:00:00,1.2,0

      """
    let report = try report("a.csv", text)
    #expect(report.rows == 4)
    #expect(report.repeated == 1)
    #expect(report.crossed == 1)
    #expect(report.late == 1)
    #expect(report.badLines == 1)
    #expect(
      report.badLineNotes.first?.hasSuffix(
        "a.csv: 1 bad line skipped: line 6 (a price is not above 0): 2024-03-04 "
          + "02:00:00,1.2,0") == true)
    #expect(report.step == nil)
    #expect(report.last.last == "2024-03-04T00:00:02Z bid 1.1 ask 1.2")
    #expect(report.table.contains("crossed    1 with the bid above the ask\n"))
    #expect(try TextReport.json([report]).contains("\"crossed\" : 1"))
  }
}
