package callbot

import (
	"crypto/md5" // the vendor's default; no secret of ours rests on it alone
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Algorithms of the signature, as the vendor's console names them.
const (
	MD5    = "MD5"
	SHA256 = "SHA256"
)

// Sign makes the v3 signature (docs/api.md 6.1): upper-case hex of a plain
// digest over secret, body, time, request and account. body is exactly what is
// sent. An algorithm other than SHA256 means MD5, as with the vendor.
func Sign(algorithm, secret, body, createTs, requestID, uuid string) string {
	raw := secret + "&body=" + body + "&createTs=" + createTs + "&requestID=" + requestID + "&uuid=" + uuid
	if algorithm == SHA256 {
		sum := sha256.Sum256([]byte(raw))
		return strings.ToUpper(hex.EncodeToString(sum[:]))
	}
	sum := md5.Sum([]byte(raw))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Seal is what the signature of an answer is checked against.
type Seal struct {
	Algorithm string
	Secret    string
	RequestID string // of the request
	UUID      string // of the request
	Now       time.Time
	Skew      time.Duration // how far the answer's time may lie from Now
}

// Verify checks that an answer was signed by the vendor, for this request, now.
// bodies are the forms in which its body may have been signed: where an answer
// is gzipped the vendor does not say which. The error never holds the secret.
func Verify(s Seal, header http.Header, bodies ...string) error {
	sign, createTs := header.Get("sign"), header.Get("createTs")
	switch {
	case sign == "":
		return errors.New("the answer is not signed")
	case header.Get("requestID") != s.RequestID:
		return errors.New("the answer is to another request")
	case header.Get("uuid") != s.UUID:
		return errors.New("the answer is for another account")
	}
	seconds, err := strconv.ParseInt(createTs, 10, 64)
	if err != nil {
		return errors.New("the answer's time cannot be read")
	}
	if apart := s.Now.Sub(time.Unix(seconds, 0)).Abs(); apart > s.Skew {
		return errors.New("the answer's time is too far from ours")
	}
	for _, body := range bodies {
		want := Sign(s.Algorithm, s.Secret, body, createTs, s.RequestID, s.UUID)
		if subtle.ConstantTimeCompare([]byte(strings.ToUpper(sign)), []byte(want)) == 1 {
			return nil
		}
	}
	return errors.New("the answer's signature is wrong")
}
