import Messaging
import Testing

@Suite struct SharedBlockTests {
  @Test func `A block lives while it has a holder`() throws {
    let block = try #require(SharedBlock<Int64>(capacity: 4))
    for place in 0..<4 { block.base[place] = Int64(place) }
    #expect(block.hasOneHolder)
    block.retain()
    #expect(!block.hasOneHolder)
    block.release()
    #expect(block.hasOneHolder)
    #expect((0..<4).map { block.base[$0] } == [0, 1, 2, 3])
    block.release()
  }

  @Test func `A torn block stays torn`() throws {
    let block = try #require(SharedBlock<Int64>(capacity: 1))
    defer { block.release() }
    #expect(!block.isTorn)
    block.tear()
    #expect(block.isTorn)
  }

  @Test(arguments: [0, -1, Int.max]) func `There is no block of no size or of any`(_ capacity: Int) {
    let isThere = SharedBlock<Int64>(capacity: capacity) != nil
    #expect(!isThere)
  }
}
