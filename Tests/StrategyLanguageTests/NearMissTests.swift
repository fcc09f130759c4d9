import StrategyIR
import Testing

@Suite struct NearMissTests {
  @Test(arguments: ["leength", "lngth", "lenxth", "lnegth"])
  func `An insertion, a deletion, a substitution and a swap are an edit each`(_ name: String) {
    #expect(NearMiss.find(name, among: ["band", "length"]) == "length")
  }

  @Test func `A name may be wrong in a third of its letters and no more`() {
    #expect(NearMiss.find("bnad", among: ["band"]) == "band")
    #expect(NearMiss.find("bnda", among: ["band"]) == nil)
    #expect(NearMiss.find("ma_crosovr", among: ["ma_crossover"]) == "ma_crossover")
    #expect(NearMiss.find("ab", among: ["ac"]) == nil)
    #expect(NearMiss.find("", among: ["a"]) == nil)
  }

  @Test func `Case costs nothing, and the name itself is no suggestion`() {
    #expect(NearMiss.find("Lookback", among: ["Lookback", "lookback", "cap"]) == "lookback")
    #expect(NearMiss.find("LENGHT", among: ["length"]) == "length")
    #expect(NearMiss.find("cap", among: ["cap"]) == nil)
  }

  @Test func `Of equally near names the first in the alphabet is it`() {
    #expect(NearMiss.find("fasx", among: ["fast", "fase"]) == "fase")
  }

  @Test func `A hint is a sentence's end, or nothing`() {
    #expect(NearMiss.hint("hihg", among: ["high", "low"]) == "; did you mean high?")
    #expect(NearMiss.hint("volume", among: ["high", "low"]) == "")
  }
}
