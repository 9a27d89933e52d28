# The part of docs/style.md that a test can check.

BeforeDiscovery {
    $forms = @(
        @{ Form = 'a clause as its subject'; Pattern = '^(What|Who|Whoever|Whose)\b(?!.*\?$)'; Bad = 'What is open is closed.'; Good = 'What is a namespace?' }
        @{ Form = '"of" for its subject'; Pattern = '^(Of|That of)\b'; Bad = 'Of a process the first.'; Good = 'Often a process.' }
        @{ Form = '"is no X"'; Pattern = '(?<!\b[Tt]here )\b(is|are|was|were) no (?!longer|more|less|different|better|"?X)\w'; Bad = "'x' is no address."; Good = "There is no 'x', and it is no longer there." }
        @{ Form = '"told of"'; Pattern = '\b(tells?|told) of\b'; Bad = 'Threads are told of.'; Good = 'Threads are listed.' }
        @{ Form = '"by who"'; Pattern = '\b(by|to|of|for) who\b'; Bad = 'It is for who asks.'; Good = 'It is for the caller.' }
        @{ Form = '"has not a"'; Pattern = '\bha(s|ve) not (a|an|the|what)\b'; Bad = 'It has not the file.'; Good = 'It has not been there.' }
        @{ Form = 'a word twice'; Pattern = '\b(at|the|of|is|a|in|and|has) \1\b'; Bad = 'It is worked at at night.'; Good = 'It is at the end.' }
    )
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/prose.ps1
    $sentences = Get-Sentence
}

Describe 'Style' {
    It 'looks at pages, messages, documentation and comments' {
        $counts = @{}
        foreach ($sentence in $sentences) { $counts[$sentence.Kind]++ }
        $counts['page'] | Should -BeGreaterThan 1000
        $counts['list'] | Should -BeGreaterThan 100
        $counts['message'] | Should -BeGreaterThan 300
        $counts['doc'] | Should -BeGreaterThan 2000
        $counts['comment'] | Should -BeGreaterThan 400
    }

    It 'finds sentences where they are' {
        $list = [Collections.Generic.List[object]]::new()
        Add-CodeSentence $list 'a.cs' "/// <summary>One of <see cref=`"X`"/>. Two of\n    /// it.</summary>`n// Three //four.`nvar a = 'x' + `$`"The {b} is`" +`n    `" five.`"; // six seven`nvar url = `"http://no.comment `";".Replace('\n', "`n")
        ($list | ForEach-Object { "$($_.Kind): $($_.Text)" }) | Should -Be 'doc: One of X.', 'doc: Two of it.', 'comment: Three //four.', 'message: The X is five.', 'comment: six seven'
        $list.Clear()
        Add-PageSentence $list 'a.md' "---`na: b c`n---`n# A b`n`nOne ``is no``. Two`nof it.`n`n- Three four.`n`n``````text`nNo no.`n```````n`n| a b | c |`n"
        ($list | ForEach-Object { "$($_.Kind): $($_.Text)" }) | Should -Be 'page: One X.', 'page: Two of it.', 'list: Three four.'
    }

    It 'has no sentence with <Form>' -ForEach $forms {
        $Bad | Should -Match $Pattern
        $Good | Should -Not -Match $Pattern
        $found = foreach ($sentence in $sentences) { if ($sentence.Text -cmatch $Pattern) { "$($sentence.File):$($sentence.Line) $($sentence.Text)" } }
        $found | Should -BeNullOrEmpty
    }

    It 'has sentences of 40 words at most, and 30 in messages' {
        $longest = $sentences | Where-Object { $_.Kind -ne 'list' } | Sort-Object Words -Descending -Top 1
        Write-Host "      The longest sentence has $($longest.Words) words: $($longest.File):$($longest.Line)"
        $found = foreach ($sentence in $sentences) {
            if ($sentence.Kind -ne 'list' -and $sentence.Words -gt ($sentence.Kind -eq 'message' ? 30 : 40)) { "$($sentence.File):$($sentence.Line) has $($sentence.Words) words" }
        }

        $found | Should -BeNullOrEmpty
    }

    It 'has messages of one form' {
        # Message and remedy of each error that is made: whole sentences, values in single quotes.
        $found = foreach ($file in Get-ChildItem $ProjectRoot/src -Recurse -Filter *.cs) {
            $text = [IO.File]::ReadAllText($file)
            foreach ($match in [regex]::Matches($text, 'new(?: NamespaceException)?\(\s*(?:"[A-Z]\w+"|(?:ErrorRecords|ErrorIds?)\.\w+),\s*\$?"((?:\\.|[^"\\{]|\{[^{}]*\})*)"(?:,\s*\$?"((?:\\.|[^"\\{]|\{[^{}]*\})*)")?')) {
                foreach ($index in 1, 2) {
                    $sentence = $match.Groups[$index].Value
                    if ($match.Groups[$index].Success -and $sentence -cnotmatch '^[A-Z''{-].*([.}]|: .+)$|^\$?[a-z]+ ' ) { "$($file.Name): $sentence" }
                    if ($sentence -match '\\"|  ') { "$($file.Name): $sentence" }
                }
            }
        }

        $found | Should -BeNullOrEmpty
    }
}
