package conversation

import (
	"flag"
	"strings"
	"testing"

	"selfrag/internal/goldentest"
	"selfrag/prompts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFollowUps reads testdata/*.txt: conversations, follow-up questions, what a
// model wrote for them, and the questions that are searched. A line there is one of
//
//	# TEXT            a comment
//	User: TEXT        a turn; turns after a question begin a new conversation
//	Assistant: TEXT
//	question TEXT     asked after the turns
//	model TEXT        what the model makes of the question; \n in it is a line end
//
// and the indented line below it is the result. Run the test with -update to write
// the results anew, and read the difference.
func TestFollowUps(t *testing.T) { goldentest.Texts(t, *update, followUpFile) }

func followUpFile(t *testing.T, content string) string {
	t.Helper()
	var out strings.Builder
	var in prompts.Standalone
	for line := range strings.Lines(content) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue // a result
		}
		out.WriteString(line + "\n")
		what, rest, _ := strings.Cut(line, " ")
		switch what {
		case "", "#":
		case "User:", "Assistant:":
			if in.Question != "" {
				in = prompts.Standalone{}
			}
			in.History = append(in.History, line)
		case "question":
			in.Question = rest
		case "model":
			got, err := Standalone(t.Context(), writes{strings.ReplaceAll(rest, `\n`, "\n")}, in)
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString("  -> " + got + "\n")
		default:
			t.Fatalf("%q begins with none of the words that the test knows", line)
		}
	}
	return out.String()
}
