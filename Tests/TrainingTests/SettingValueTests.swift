// SettingValueTests.swift
// Values of hyperparameters read from texts.

import Testing
import Training

@Suite struct SettingValueTests {
  @Test(
    "lists of sizes are read",
    arguments: [
      ("16,8,8", [16, 8, 8]), ("1", [1]), ("65536", [65536]), (" 4 , 2", [4, 2]),
    ])
  func reads(text: String, sizes: [Int]) { #expect(SettingValue(text, of: .filters) == .sizes(sizes)) }

  @Test(
    "anything else is refused",
    arguments: [
      "", ",", " ", "16,", ",16", "16,,8", "0", "16,0", "-1", "65537", "1e3", "2.5", "a", "16;8", "16 8",
      "99999999999999999999", "١", "16,8,8\n", "0x10",
    ])
  func refuses(text: String) { #expect(SettingValue(text, of: .filters) == nil) }

  @Test("a value reads back as it prints", arguments: TrainingSetting.all)
  func prints(setting: TrainingSetting) {
    #expect(SettingValue(setting.defaultText, of: setting)?.text == setting.defaultText)
  }

  @Test("seeds use all 64 bits; words are those of the table")
  func seedsAndWords() {
    #expect(SettingValue("18446744073709551615", of: .seed) == .seed(.max))
    #expect(SettingValue("18446744073709551616", of: .seed) == nil && SettingValue("-1", of: .seed) == nil)
    #expect(SettingValue("pool", of: .downsampling) == .word("pool") && SettingValue("Pool", of: .downsampling) == nil)
    #expect(SettingValue("pool, none", of: .downsampling) == .word("pool,none"))
    for text in ["", "pool,", "pool,,none", "pool none", "pool,Pool"] {
      #expect(SettingValue(text, of: .downsampling) == nil, "\(text)")
    }
    #expect(SettingValue("5,3", of: .kernelSize) == .word("5,3") && SettingValue("4", of: .kernelSize) == nil)
    #expect(SettingValue("nan", of: .dropout) == nil && SettingValue("inf", of: .dropout) == nil)
  }
}
