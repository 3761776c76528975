# Writes the files that a Markdown page shows into `folder`: a line of `path`: names a file, the fenced block below is its
# content.
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
