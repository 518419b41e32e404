package simulator

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// signature is what the v3 rule signs (docs/api.md, "Callbot signature").
type signature struct {
	algorithm string // "MD5" or "SHA256"
	secret    string
	body      []byte
	createTs  string // seconds
	requestID string
	uuid      string
	sign      string // as sent; "" sends none
}

// digest is a plain digest over the secret and four fields, in upper-case hex.
func (s signature) digest() string {
	raw := s.secret + "&body=" + string(s.body) + "&createTs=" + s.createTs + "&requestID=" + s.requestID + "&uuid=" + s.uuid
	if s.algorithm == "SHA256" {
		sum := sha256.Sum256([]byte(raw))
		return strings.ToUpper(hex.EncodeToString(sum[:]))
	}
	sum := md5.Sum([]byte(raw)) // the vendor's choice
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// forgeries is what the magic codes do to an answer's signature; the digest is
// made before when it is set, after when it is empty.
var forgeries = map[string]func(*signature){
	"9591": func(s *signature) {
		s.secret = "not the secret"
		s.sign = s.digest()
	},
	"9592": func(s *signature) { s.sign = noSign },
	"9593": func(s *signature) { s.requestID = strings.Repeat("0", 32) },
	"9594": func(s *signature) { s.createTs = daysBefore(s.createTs) },
	"9595": func(s *signature) { s.uuid = "somebody-else" },
}

// noSign leaves the header out.
const noSign = "-"

func daysBefore(createTs string) string {
	at, err := parseSeconds(createTs)
	if err != nil {
		return createTs
	}
	return formatSeconds(at.Add(-24 * time.Hour))
}
