import CFxaot
import TestTerms
import Testing

@testable import Market

/// A few lines of every format by name, as its source delivers them, with the exact rows.
struct NamedFormatTests {
  private func bars(
    _ text: String, names: [String] = ["data.csv"], zone: String? = nil
  ) throws -> [String] {
    try SniffedText(text, names: names, zone: zone).bars
  }

  // ---- HistData ------------------------------------------------------------

  @Test func `hist data bars are in EST all year`() throws {
    let text =
      "20120201 000000;1.306600;1.306600;1.306560;1.306560;0\r\n"
      + "20120701 000000;1.266600;1.266600;1.266560;1.266560;0\r\n"
    let read = try SniffedText(text, names: ["DAT_ASCII_EURUSD_M1_2012.csv"])
    #expect(
      read.bars == [
        "2012-02-01T05:00:00.000 1.3066 1.3066 1.30656 1.30656 0.0",
        "2012-07-01T05:00:00.000 1.2666 1.2666 1.26656 1.26656 0.0",
      ])
    #expect(read.format.name == "HistData bars, ASCII form")
    #expect(read.format.times == "times in EST without daylight saving (UTC-5), as in HistData")
    #expect(try bars(text, zone: "UTC").first?.hasPrefix("2012-02-01T00:00") == true)
  }

  @Test func `hist data ticks`() throws {
    let text = "20120201 000003660,1.306600,1.306770,0\n20120201 000003973,1.306580,1.306750,0\n"
    let read = try SniffedText(text)
    #expect(
      read.quotes == [
        "2012-02-01T05:00:03.660 1.3066 1.30677", "2012-02-01T05:00:03.973 1.30658 1.30675",
      ])
    #expect(read.format.format == UInt32(FXAOT_FORMAT_HISTDATA))
    let other = try SniffedText(text, zone: "Europe/Berlin")
    #expect(other.quotes.first == "2012-01-31T23:00:03.660 1.3066 1.30677")
  }

  @Test func `hist data meta trader and meta stock forms`() throws {
    let row = "1.306600,1.306600,1.306560,1.306560,0\n"
    let expected = ["2012-02-01T05:00:00.000 1.3066 1.3066 1.30656 1.30656 0.0"]
    #expect(try bars("2012.02.01,00:00," + row, names: ["DAT_MT_EURUSD_M1_2012.csv"]) == expected)
    #expect(
      try bars("EURUSD,20120201,000000," + row, names: ["DAT_MS_EURUSD_M1_2012.csv"]) == expected)
    let header = "<TICKER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n"
    let read = try SniffedText(
      header + "EURUSD,20120201,000000," + row, names: ["DAT_MS_EURUSD_M1_2012.csv"])
    #expect(read.bars == expected)
    #expect(read.format.symbol == "EURUSD")
  }

  @Test func `hist data ninja trader ticks have one price`() throws {
    let text = "20120201 000003;1.306600;1\n20120201 000004;1.306700;2\n"
    let read = try SniffedText(text, names: ["DAT_NT_EURUSD_T_BID_201202.csv"])
    #expect(
      read.quotes == [
        "2012-02-01T05:00:03.000 1.3066 1.3066", "2012-02-01T05:00:04.000 1.3067 1.3067",
      ])
    #expect(read.format.notes == ["one price a row, taken as bid and ask"])
  }

  // ---- MetaTrader ----------------------------------------------------------

  @Test func `meta trader 4 bars have no header`() throws {
    let text =
      "2024.03.04,00:00,1.08431,1.08440,1.08420,1.08435,55\r\n"
      + "2024.03.04,00:01,1.08435,1.08450,1.08430,1.08445,41\r\n"
    let read = try SniffedText(text)
    #expect(
      read.bars == [
        "2024-03-04T00:00:00.000 1.08431 1.0844 1.0842 1.08435 55.0",
        "2024-03-04T00:01:00.000 1.08435 1.0845 1.0843 1.08445 41.0",
      ])
    #expect(read.format.name == "MetaTrader 4 bars")
    #expect(read.format.times == "times taken as UTC (another zone by --file-timezone)")
    #expect(try bars(text, zone: "Europe/Athens")[0].hasPrefix("2024-03-03T22:00:00.000"))
  }

  @Test func `meta trader 5 bars take the tick volume`() throws {
    let text =
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\t\r\n"
      + "2024.03.04\t00:00:00\t150.123\t150.150\t150.100\t150.140\t55\t0\t8\r\n"
    let read = try SniffedText(text)
    #expect(read.bars == ["2024-03-04T00:00:00.000 150.123 150.15 150.1 150.14 55.0"])
    #expect(read.format.name == "MetaTrader 5 bars")
  }

  @Test func `meta trader 5 days have no time`() throws {
    let text =
      "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\t\r\n"
      + "2024.03.04\t1.0843\t1.0866\t1.0837\t1.0855\t55000\t0\t8\r\n"
      + "2024.03.05\t1.0855\t1.0876\t1.0842\t1.0857\t54000\t0\t8\r\n"
    let read = try SniffedText(text)
    #expect(read.bars[1] == "2024-03-05T00:00:00.000 1.0855 1.0876 1.0842 1.0857 54000.0")
    #expect(read.format.isDaily)
    #expect(read.format.barLength == 86_400_000_000_000)
  }

  @Test func `meta trader 5 ticks carry the side that did not change`() throws {
    let text =
      "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\r\n"
      + "2024.03.04\t00:00:00.123\t1.08431\t1.08433\t\t\t6\r\n"
      + "2024.03.04\t00:00:01.456\t1.08432\t\t\t\t2\r\n"
      + "2024.03.04\t00:00:02.789\t\t1.08435\t\t\t4\r\n"
    for piece in [1, 7, 1_000] {
      let read = try SniffedText(Array(text.utf8), piece: piece)
      #expect(
        read.quotes == [
          "2024-03-04T00:00:00.123 1.08431 1.08433", "2024-03-04T00:00:01.456 1.08432 1.08433",
          "2024-03-04T00:00:02.789 1.08432 1.08435",
        ])
      #expect(read.parsed.parser.bad_lines == 0)
    }
  }

  @Test func `meta trader 5 ticks with blanks at the end and at the beginning`() throws {
    let text =
      "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\n"
      + "2024.03.04\t00:00:00.123\t\t1.2\t\t\n2024.03.04\t00:00:01.123\t1.15\t\t\t\n"
    let read = try SniffedText(text)
    #expect(read.quotes == ["2024-03-04T00:00:01.123 1.15 1.2"])
    #expect(read.parsed.badLines == [2])
  }

  @Test func `a date with points is no time of the day`() throws {
    let read = try SniffedText("2024.03.04 00:01,1.1,1.2,1.0,1.1\n")
    #expect(read.bars == ["2024-03-04T00:01:00.000 1.1 1.2 1.0 1.1 0.0"])
  }

  // ---- Dukascopy -----------------------------------------------------------

  @Test func `dukascopy bars in GMT and with a zone in each time`() throws {
    let row = ",1.30571,1.30582,1.30562,1.30575,120.5\n"
    #expect(
      try bars("Gmt time,Open,High,Low,Close,Volume\n01.03.2013 00:00:00.000" + row)
        == ["2013-03-01T00:00:00.000 1.30571 1.30582 1.30562 1.30575 120.5"])
    #expect(
      try bars("Local time,Open,High,Low,Close,Volume\n01.03.2013 01:00:00.000 GMT+0100" + row)
        == ["2013-03-01T00:00:00.000 1.30571 1.30582 1.30562 1.30575 120.5"])
    let read = try SniffedText(
      "Time (EET),Open,High,Low,Close,Volume \n2013.07.01 03:00:00" + row)
    #expect(read.bars[0].hasPrefix("2013-07-01T00:00:00.000"))
    #expect(read.format.times == "times in EET, by the header")
  }

  @Test func `dukascopy ticks have the ask first`() throws {
    let text =
      "Gmt time,Ask,Bid,AskVolume,BidVolume\n04.03.2024 00:00:00.123,1.08433,1.08431,0.9,1.2\n"
    let read = try SniffedText(text)
    #expect(read.quotes == ["2024-03-04T00:00:00.123 1.08431 1.08433"])
    #expect(read.parsed.quotes[0].bid_size == 1.2 && read.parsed.quotes[0].ask_size == 0.9)
  }

  @Test func `dukascopy node and duka`() throws {
    let node = "timestamp,askPrice,bidPrice,askVolume,bidVolume\n1709510400123,1.08433,1.08431,0.9,1.2\n"
    #expect(try SniffedText(node).quotes == ["2024-03-04T00:00:00.123 1.08431 1.08433"])
    let duka = "time,ask,bid,ask_volume,bid_volume\n2017-02-01 00:00:00.108000,1.07990,1.07986,370,371\n"
    #expect(try SniffedText(duka).quotes == ["2017-02-01T00:00:00.108 1.07986 1.0799"])
  }

  // ---- others --------------------------------------------------------------

  @Test func `true FX as delivered`() throws {
    let text =
      "AUD/USD,20140101 21:55:34.404,0.88796,0.88922\n"
      + "AUD/USD,20140101 21:55:34.444,0.88805,0.88914\n"
    let read = try SniffedText(text)
    #expect(
      read.quotes == [
        "2014-01-01T21:55:34.404 0.88796 0.88922", "2014-01-01T21:55:34.444 0.88805 0.88914",
      ])
    #expect(read.format.symbol == "AUDUSD")
  }

  @Test func `trading view in seconds and in ISO`() throws {
    let row = ",1.08431,1.0844,1.0842,1.08435,55,1.2\n"
    let header = "time,open,high,low,close,Volume,Volume MA\n"
    let expected = ["2024-03-04T00:00:00.000 1.08431 1.0844 1.0842 1.08435 55.0"]
    #expect(try bars(header + "1709510400" + row) == expected)
    #expect(try bars(header + "2024-03-04T01:00:00+01:00" + row) == expected)
    #expect(try SniffedText(header + "1709510400" + row).format.name == "TradingView export")
  }

  @Test func `yahoo takes close and volume not the adjusted close`() throws {
    let text = "Date,Open,High,Low,Close,Adj Close,Volume\n2024-03-04,10,12,9,11,5,7\n"
    #expect(try bars(text) == ["2024-03-04T00:00:00.000 10.0 12.0 9.0 11.0 7.0"])
  }

  @Test func `yfinance with three lines of names`() throws {
    let text = """
      Price,Close,High,Low,Open,Volume
      Ticker,EURUSD=X,EURUSD=X,EURUSD=X,EURUSD=X,EURUSD=X
      Date,,,,,
      2024-03-04,1.0855,1.0866,1.0837,1.0843,0
      2024-03-05,1.0857,1.0876,1.0842,1.0855,0

      """
    let read = try SniffedText(text)
    #expect(
      read.bars == [
        "2024-03-04T00:00:00.000 1.0843 1.0866 1.0837 1.0855 0.0",
        "2024-03-05T00:00:00.000 1.0855 1.0876 1.0842 1.0857 0.0",
      ])
    #expect(read.format.symbol == "EURUSD")
    #expect(read.parsed.parser.bad_lines == 0)
    #expect(throws: TextRefusal.self) {
      try SniffedText(text.replacing("Ticker,EURUSD=X", with: "Ticker,GBPUSD=X"))
    }
  }

  @Test func `ccxt and binance candles`() throws {
    let expected = ["2024-03-04T00:00:00.000 10.0 12.0 9.0 11.0 7.5"]
    #expect(try bars("1709510400000,10,12,9,11,7.5\n") == expected)
    let rest = ",10,12,9,11,7.5,1709510459999,75,12,3.5,35,0\n"
    #expect(try bars("1709510400000" + rest) == expected)
    // Since 2025 in microseconds.
    #expect(try bars("1709510400000000" + rest) == expected)
    #expect(try SniffedText("1709510400000" + rest).format.name == "Binance klines")
  }

  @Test func `lean quotes need the day`() throws {
    let read = try SniffedText("1787,1.38727,1.38729\n", day: 1_398_902_400_000_000_000)
    #expect(read.quotes == ["2014-05-01T00:00:01.787 1.38727 1.38729"])
    #expect(read.format.format == UInt32(FXAOT_FORMAT_LEAN))
  }

  @Test func `lean bars of shares are refused`() throws {
    let minute = "34200000,1708000,1709000,1707000,1708500,12000\n"
    let daily = "20140501 00:00,1708000,1709000,1707000,1708500,12000\n"
    for text in [minute, daily] {
      let refusal = #expect(throws: TextRefusal.self) { try SniffedText(text) }
      #expect(refusal?.sentence.contains("ten-thousandths of a dollar") == true)
    }
    let currency = "0,1.1,1.2,1.0,1.15,0,1.1001,1.2001,1.0001,1.1501,0\n"
    let read = try SniffedText(currency, day: 1_398_902_400_000_000_000)
    #expect(read.bars == ["2014-05-01T00:00:00.000 1.1 1.2 1.0 1.15 0.0"])
    #expect(read.format.notes == ["bid bars; the ask's columns are not read"])
  }

  @Test func `our own quotes`() throws {
    let text = "time_ns,bid,ask,bid_size,ask_size\n1704067201552000000,1.09999,1.10000,100000,500000\n"
    let read = try SniffedText(text)
    #expect(read.format.format == UInt32(FXAOT_FORMAT_QUOTES))
    #expect(read.parsed.quotes[0].ask_size == 500_000)
  }

  @Test func `crypto data download starts with an address`() throws {
    let text = """
      https://www.CryptoDataDownload.com
      unix,date,symbol,open,high,low,close,Volume BTC,Volume USD
      1709596800,2024-03-05 00:00:00,BTC/USD,10,12,9,11,3,33
      1709510400000,2024-03-04 00:00:00,BTC/USD,9,11,8,10,2,20

      """
    let read = try SniffedText(text)
    #expect(
      read.bars == [
        "2024-03-05T00:00:00.000 10.0 12.0 9.0 11.0 3.0",
        "2024-03-04T00:00:00.000 9.0 11.0 8.0 10.0 2.0",
      ])
    #expect(read.format.symbol == "BTCUSD")
    #expect(read.format.barLength == 86_400_000_000_000)
  }

  @Test(arguments: [
    ("PAR1\u{15}\u{4}", "Parquet"), ("{\"a\": 1}", "JSON"), ("<!DOCTYPE html>", "web page"),
    ("a\u{0}b", "zero bytes"), ("hello\nworld\n", "no line has columns"),
  ])
  func `what is no table is named`(text: String, words: String) {
    let refusal = #expect(throws: TextRefusal.self) { try SniffedText(text) }
    #expect(refusal?.sentence.contains(words) == true)
  }
}
