# Dot-sourced by the test of style: finds the sentences of pages, messages, XML documentation and comments.

$script:TokenOfCSharp = [regex]::new('(?<doc>///[^\n]*)|(?<comment>//[^\n]*)|(?<raw>\$*"""[\s\S]*?""")|(?<verbatim>(?:\$@|@\$|@)"(?:[^"]|"")*")|(?<string>\$?"(?:\\.|\{[^{}"\n]*(?:"[^"\n]*"[^{}"\n]*)*\}|[^"\\\n])*")|(?<char>''(?:\\.|[^''\\\n])'')', 'Compiled, ExplicitCapture')
$script:ElementOfDoc = [regex]::new('<(?:summary|remarks|param|returns|exception|typeparam|value|para|item)\b[^>]*>([\s\S]*?)(?=<summary|<remarks|<param |<returns|<exception|<typeparam|<value|<para>|<item>|\z)', 'Compiled')
$script:EndOfSentence = [regex]::new('(?<=[.?!][)"'']?)\s+(?=[^\sa-z])', 'Compiled')
$script:Word = [regex]::new('[^\s]*\w[^\s]*', 'Compiled')

# The sentences of one text.
function Add-Sentence {
    param($List, [string] $File, [int] $Line, [string] $Kind, [string] $Text)
    foreach ($sentence in $EndOfSentence.Split(($Text -replace '\b(e\.g|i\.e|etc|vs)\.', '$1').Trim())) {
        if ($sentence.Contains(' ') -and -not $sentence.StartsWith('Errors: X')) {
            $List.Add([pscustomobject]@{ File = $File; Line = $Line; Kind = $Kind; Text = $sentence; Words = $Word.Count($sentence) })
        }
    }
}

# Of Markdown: paragraphs and list items, without code, tables, headings and front matter.
function Add-PageSentence {
    param($List, [string] $File, [string] $Text)
    $Text = [regex]::Replace($Text, '(?ms)\A---\n.*?^---\n|^ *```.*?^ *```$|<!--.*?-->', { param($match) "`n" * ($match.Value.Split("`n").Count - 1) })
    $paragraph = [Text.StringBuilder]::new()
    $begin = 0
    $number = 0
    $kind = 'page'
    foreach ($line in $Text.Split("`n") + '') {
        $number++
        $isItem = $line -match '^\s*([-*+]|\d+\.)\s'
        if ($line -match '^\s*$|^\s*[#|]|^:' -or $isItem) {
            if ($paragraph.Length) { Add-Sentence $List $File $begin $kind ($paragraph.ToString() -replace '`[^`]*`', 'X' -replace '!?\[([^\]]*)\]\([^)]*\)', '$1' -replace '[*>]') }
            $null = $paragraph.Clear()
            $kind = $isItem ? 'list' : 'page'
        }

        if ($line -match '\S' -and $line -notmatch '^\s*[#|]|^:') {
            if (-not $paragraph.Length) { $begin = $number }
            $null = $paragraph.Append(($isItem ? $line -replace '^\s*([-*+]|\d+\.)\s' : $line).Trim()).Append(' ')
        }
    }
}

# Of the about topic: text is indented by four, listings by more.
function Add-TopicSentence {
    param($List, [string] $File, [string] $Text)
    $number = 0
    $paragraph = ''
    foreach ($line in $Text.Split("`n") + '') {
        $number++
        if ($line -match '^    \S' -and $line -notmatch '\S {2,}\S') { $paragraph += $line.Trim() + ' '; continue }
        if ($paragraph) { Add-Sentence $List $File ($number - 1) 'page' $paragraph }
        $paragraph = ''
    }
}

# Of C#: comments that follow each other are one text, strings that are added up too.
function Add-CodeSentence {
    param($List, [string] $File, [string] $Text)
    $last = 'end'
    $end = 0
    $buffer = [Text.StringBuilder]::new()
    $begin = 0
    foreach ($token in @($TokenOfCSharp.Matches($Text)) + @($null)) {
        $value = if ($null -eq $token) { '' } else { $token.Value }
        $kind = if (-not $value) { 'end' } elseif ($value.StartsWith('///')) { 'doc' } elseif ($value.StartsWith('//')) { 'comment' } elseif ($value[0] -eq "'") { continue } else { 'message' }
        if ($kind -eq 'message' -and $last -ne 'message' -and -not $value.Contains(' ')) { continue }
        $joins = $kind -eq $last -and $kind -ne 'end' -and ($kind -eq 'message' ? $Text.Substring($end, $token.Index - $end).Trim() -eq '+' : [string]::IsNullOrWhiteSpace($Text.Substring($end, $token.Index - $end)))
        if (-not $joins) {
            if ($buffer.Length) {
                $whole = $buffer.ToString()
                if ($last -eq 'doc') {
                    foreach ($element in $ElementOfDoc.Matches($whole)) {
                        Add-Sentence $List $File $begin 'doc' ($element.Groups[1].Value -replace '<c>.*?</c>|<(see|paramref|typeparamref)\b[^>]*/>', 'X' -replace '<[^>]*>', ' ' -replace '&[a-z]+;' -replace '\s+', ' ')
                    }
                }
                elseif ($last -eq 'comment') {
                    Add-Sentence $List $File $begin 'comment' $whole
                }
                elseif ($whole -cmatch '^[''{A-Z-][^\n]* [^\n]*[.?!]$') {
                    Add-Sentence $List $File $begin 'message' ($whole -replace '\{[^{}]*\}', 'X')
                }

                $null = $buffer.Clear()
            }

            if ($null -ne $token) { $begin = $token.Index }
        }

        if ($null -eq $token) { break }
        $part = switch ($kind) { doc { $value.Substring(3).Trim() + ' ' } comment { $value.Substring(2).Trim() + ' ' } default { $value.Trim('$', '@', '"') } }
        $null = $buffer.Append($part)
        $end = $token.Index + $token.Length
        $last = $kind
    }
}

# All of it. Line is, for C#, found from the offset.
function Get-Sentence {
    $list = [Collections.Generic.List[object]]::new()
    foreach ($page in @(Get-ChildItem $ProjectRoot/docs/*.md) + @(Get-Item $ProjectRoot/README.md, $ProjectRoot/CONTRIBUTING.md, $ProjectRoot/SECURITY.md)) {
        Add-PageSentence $list ([IO.Path]::GetRelativePath($ProjectRoot, $page)) ([IO.File]::ReadAllText($page))
    }

    Add-TopicSentence $list 'en-US/about_LinuxNamespaces.help.txt' ([IO.File]::ReadAllText("$ProjectRoot/en-US/about_LinuxNamespaces.help.txt"))
    foreach ($file in [IO.Directory]::EnumerateFiles("$ProjectRoot/src", '*.cs', 'AllDirectories')) {
        if ($file -match '/(obj|bin)/') { continue }
        $text = [IO.File]::ReadAllText($file)
        $first = $list.Count
        Add-CodeSentence $list ([IO.Path]::GetRelativePath($ProjectRoot, $file)) $text
        $offset = 0
        $line = 1
        for ($index = $first; $index -lt $list.Count; $index++) {
            $entry = $list[$index]
            while ($offset -lt $entry.Line) { $next = $text.IndexOf("`n", $offset); if ($next -lt 0 -or $next -ge $entry.Line) { break }; $offset = $next + 1; $line++ }
            $entry.Line = $line
        }
    }

    $list
}

# Joins the lines of each paragraph of MAML. A page breaks its lines anywhere; Get-Help shows these breaks and wraps at the window's width besides.
function Join-HelpLine {
    param([Parameter(Mandatory)] [string] $Text)
    $parts = [regex]::Split($Text, '(?s)(```.*?```)')
    -join $parts.ForEach{ $_.StartsWith('```') ? $_ : ($_ -replace '(?<=[^>\n])\n *(?=[^\s<|])(?!- |\d+\. )', ' ') }
}
