// Package curl writes a call to our own server as a command for a shell. No
// secret stands in it: the gate in front of the server signs the caller in.
package curl

import "strings"

// Shell is a command language.
type Shell string

const (
	Bash       Shell = "bash"
	PowerShell Shell = "powershell"
	Cmd        Shell = "cmd"
)

// Shells lists the shells in the order they are offered.
func Shells() []Shell { return []Shell{Bash, PowerShell, Cmd} }

// Command writes a POST of a JSON body. The body is made pure ASCII first,
// because two of the three shells garble everything else on the way.
func Command(shell Shell, url, key, body string) string {
	body = ascii(body)
	switch shell {
	case PowerShell:
		lines := []string{"@'", body, "'@ | curl.exe --request POST '" + url + "' `",
			"  --header 'Content-Type: application/json' `"}
		if key != "" {
			lines = append(lines, "  --header 'Idempotency-Key: "+key+"' `")
		}
		return strings.Join(append(lines, "  --data-binary '@-'"), "\n")
	case Cmd:
		parts := []string{`curl --request POST "` + url + `"`, `--header "Content-Type: application/json"`}
		if key != "" {
			parts = append(parts, `--header "Idempotency-Key: `+key+`"`)
		}
		return strings.Join(append(parts, `--data-raw "`+cmdQuoted(body)+`"`), " ^\n  ")
	default:
		parts := []string{"curl --request POST '" + url + "'", "--header 'Content-Type: application/json'"}
		if key != "" {
			parts = append(parts, "--header 'Idempotency-Key: "+key+"'")
		}
		return strings.Join(append(parts, "--data-raw '"+strings.ReplaceAll(body, "'", `'\''`)+"'"), " \\\n  ")
	}
}

// ascii writes every character outside ASCII as a JSON escape.
func ascii(body string) string {
	var b strings.Builder
	for _, r := range body {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			escape(&b, 0xd800+r>>10)
			escape(&b, 0xdc00+r&0x3ff)
		default:
			escape(&b, r)
		}
	}
	return b.String()
}

// cmdQuoted escapes for a double-quoted argument of cmd.exe. A backslashed
// quote ends the quotation for cmd itself, so every character that cmd reads
// outside of quotes is written as a JSON escape.
func cmdQuoted(body string) string {
	var b strings.Builder
	escaped := false // by a backslash of JSON's own
	for _, r := range body {
		switch {
		case escaped && (r == '"' || r == '\\'):
			escape(&b, r) // no backslash may stand before a quote: it would be read with it
		case escaped:
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\\':
		case r == '"':
			b.WriteString(`\"`)
		case strings.ContainsRune("%!^&|<>()", r):
			escape(&b, r)
		default:
			b.WriteRune(r)
		}
		escaped = !escaped && r == '\\'
	}
	return b.String()
}

func escape(b *strings.Builder, r rune) {
	const hex = "0123456789abcdef"
	b.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		b.WriteByte(hex[r>>shift&0xf])
	}
}
