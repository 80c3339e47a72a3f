import Testing

@Suite struct SourceTextTests {
    @Test(arguments: [
        ("let a = 1 // b", "let a = 1     ", "          // b"),
        ("a /* b /* c */ d */ e", "a                   e", "  /* b /* c */ d */  "),
        (#"print("a // b")"#, #"print("      ")"#, "               "),
        (#"print("a\(b("c") + d)e")"#, #"print("  (b(" ") + d) ")"#, "                        "),
        (##"x(#"a"b\(c)"# + d)"##, ##"x(#"       "# + d)"##, "                  "),
        (#"x("\"", y)"#, #"x("  ", y)"#, "          "),
    ])
    func `comments and literals are told from code`(text: String, code: String, comments: String) {
        let source = SourceText(text)
        #expect(source.code == [code])
        #expect(source.comments == [comments])
    }

    @Test func `a literal of several lines is one literal`() {
        let source = SourceText("x(\"\"\"\n a \"b\" // c\n \"\"\") // d")
        #expect(source.code == ["x(\"\"\"", "           ", " \"\"\")     "])
        #expect(source.comments == ["     ", "           ", "      // d"])
    }

    @Test func `a literal that never ends does not swallow the next line`() {
        #expect(SourceText("x(\"a\ny()").code == ["x(\" ", "y()"])
    }
}
