package curl

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// nasty are texts that one shell or another reads as more than text.
var nasty = []string{
	"it's", `say "hello"`, `"`, `""`, `\`, `ends in \`, `\\`, `\"`, `C:\new\table`, "two\nlines\r\nand\ta tab", "$HOME `id` $(id) ${x}",
	"%PATH% 100% %%", "wow! !!", "a & b | c < d > e ^ f (g)", "@'\n'@", "café – 你好 – 😀", "\u2028\x01\x7f", "`n ~ # ; * ? [x] {y}",
}

func bodies(t *testing.T) []string {
	var all []string
	for _, text := range append(nasty, strings.Join(nasty, " ")) {
		body, err := json.Marshal(map[string]any{"message": text, "list": []string{text, text}, "end": text})
		require.NoError(t, err)
		all = append(all, string(body))
	}
	return all
}

func TestBashGetsTheBodyAsItIs(t *testing.T) {
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
	for _, body := range bodies(t) {
		command := Command(Bash, "http://localhost:8080/api/x", "a-key", body)
		script := "curl() { printf '%s\\0' \"$@\"; }\n" + command
		out, err := exec.Command(bash, "-c", script).Output()
		require.NoError(t, err, command)
		args := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		require.Equal(t, []string{"--request", "POST", "http://localhost:8080/api/x", "--header", "Content-Type: application/json",
			"--header", "Idempotency-Key: a-key", "--data-raw"}, args[:len(args)-1])
		require.JSONEq(t, body, args[len(args)-1])
	}
}

func TestPowerShellGetsTheBodyInAHereString(t *testing.T) {
	for _, body := range bodies(t) {
		lines := strings.Split(Command(PowerShell, "http://localhost:8080/api/x", "", body), "\n")
		require.Equal(t, "@'", lines[0])
		require.True(t, strings.HasPrefix(lines[2], "'@ | curl.exe "), "the body is one line")
		require.JSONEq(t, body, lines[1])
		require.NotContains(t, strings.Join(lines, "\n"), "Idempotency-Key")
	}
}

func TestCmdGetsTheBodyAsItIs(t *testing.T) {
	for _, body := range bodies(t) {
		command := Command(Cmd, "http://localhost:8080/api/x", "a-key", body)
		lines := strings.Split(command, " ^\n  ")
		last := lines[len(lines)-1]
		require.NotContains(t, last, "\n")
		quoted, ok := strings.CutPrefix(last, "--data-raw ")
		require.True(t, ok)
		// cmd ends its quotation at a backslashed quote: what it would read there is not there.
		require.False(t, strings.ContainsAny(quoted, "%!^&|<>()"), quoted)
		for _, c := range quoted {
			require.Less(t, c, rune(0x80))
		}
		require.JSONEq(t, body, argument(t, quoted))
	}
}

// argument reads a quoted argument as programs on Windows do: backslashes
// count only before a quote.
func argument(t *testing.T, quoted string) string {
	var b strings.Builder
	inside, slashes := false, 0
	for i := 0; i < len(quoted); i++ {
		switch c := quoted[i]; c {
		case '\\':
			slashes++
			continue
		case '"':
			b.WriteString(strings.Repeat(`\`, slashes/2))
			if slashes%2 == 1 {
				b.WriteByte('"')
			} else {
				inside = !inside
				require.True(t, inside || i == len(quoted)-1, "the argument ends early: "+quoted)
			}
		default:
			b.WriteString(strings.Repeat(`\`, slashes))
			b.WriteByte(c)
		}
		slashes = 0
	}
	require.False(t, inside)
	return b.String()
}
