# What doxygen reads in the place of a header: its first line, "/// Name: a sentence.", is about the file, and about what the file is named
# after where that has no comment of its own. Lines keep their numbers.
FNR == 1 {
  file = FILENAME
  sub(/.*\//, "", file)
  sentence = $0
  if (sub(/^\/\/\/ [A-Za-z0-9_]+: */, "", sentence)) name = substr($2, 1, length($2) - 1)
  # Behind @file there is no Markdown.
  sub(/^\/\/\//, "//! @file " file)
  gsub(/`/, "")
  gsub(/[<>]/, "\\\\&")
  held = $0
  next
}

# A template's comment stands before its first line, which is the one held back.
{
  if (name != "" && $0 ~ "^(class|struct|enum class|using) " name "( |$)") {
    comment = "/** " toupper(substr(sentence, 1, 1)) substr(sentence, 2) " */ "
    if (held ~ /^template/ && before !~ /^\/\/\//) held = comment held
    else if (held !~ /^(template|\/\/\/)/) $0 = comment $0
    name = ""
  }
  print held
  before = held
  held = $0
}

END { print held }
