# Writes the files that a Markdown page shows into `folder`: a line of `path`: names one, the fenced block below is it.
/^`[^`]+`:$/ { path = substr($0, 2, length($0) - 3); next }
/^```/ {
  if (inside) close(file)
  inside = !inside && path != ""
  if (inside) {
    file = folder "/" path
    parent = file
    sub(/\/[^\/]*$/, "", parent)
    system("mkdir -p '" parent "'")
    printf "" > file
  }
  path = ""
  next
}
inside { print > file }
