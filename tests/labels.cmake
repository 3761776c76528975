# Read by ctest: builds PROGRAM and makes one ctest test for each set of tags found in it, labelled with those tags: the
# many small tests of one op share one process and one label.  Catch2's own catch_discover_tests starts a process for each
# test, and that of 2.13 knows no labels.
execute_process(COMMAND sh -c "exec \"$0\" --build \"$1\" --target tuna_tests >&2" "${CMAKE}" "${BUILD}"
                RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "tuna_tests does not build: see above")
endif()
# Catch2 2.13 exits with the number of tests.
execute_process(COMMAND "${PROGRAM}" --list-tests OUTPUT_VARIABLE listing)

# Both versions of Catch2 print the tags of a test on a line of their own, "      [op][slow]", and end with "7 test cases".
# CMake would keep lines together that stand between brackets.
string(REGEX MATCH "([0-9]+) test cases?[ \n]*$" ignored "${listing}")
set(tests "${CMAKE_MATCH_1}")
string(REPLACE "[" "<" listing "${listing}")
string(REPLACE "]" ">" listing "${listing}")
string(REPLACE ";" "," listing "${listing}")
string(REPLACE "\n" ";" listing "${listing}")
set(sets "")
foreach(line IN LISTS listing)
  if(line MATCHES "^      <(.+)>$")
    string(REPLACE "><" "." tags "${CMAKE_MATCH_1}")
    list(APPEND sets "${tags}")
  endif()
endforeach()
list(LENGTH sets tagged)
if(NOT tagged EQUAL tests)
  message(FATAL_ERROR " ${tests} tests, but ${tagged} with tags: each needs one, to be found by it (tuna_tests --list-tests)")
endif()

list(REMOVE_DUPLICATES sets)
foreach(name IN LISTS sets)
  string(REPLACE "." ";" tags "${name}")
  list(JOIN tags "][" wanted)
  # Tests with these tags and more belong to another set: without this they would run twice.
  set(others "")
  foreach(other IN LISTS sets)
    string(REPLACE "." ";" more "${other}")
    set(lacks ${tags})
    list(REMOVE_ITEM lacks ${more})
    list(REMOVE_ITEM more ${tags})
    if(NOT lacks)
      list(APPEND others ${more})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES others)
  list(TRANSFORM others REPLACE "(.+)" "~[\\1]")
  list(JOIN others "" others)
  add_test("${name}" "${PROGRAM}" "[${wanted}]${others}")
  list(FIND tags gpu needs_gpu)
  if(NOT needs_gpu EQUAL -1)
    set_tests_properties("${name}" PROPERTIES SKIP_REGULAR_EXPRESSION "tests tagged .gpu. are skipped")
  endif()
  # Where tests run side by side, threads that wait must not take the others' cores.
  set_tests_properties("${name}" PROPERTIES LABELS "${tags}" TIMEOUT 600 ENVIRONMENT OMP_WAIT_POLICY=passive)
endforeach()
