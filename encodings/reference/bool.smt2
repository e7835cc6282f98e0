; `Bool`: the value is a truth value.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:SecureTransport.ok| Bool)
(declare-const |aws:SecureTransport.present| Bool)
(declare-const |aws:SecureTransport.value| Bool)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.service String)
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.partition (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.service (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.region (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))))
(assert (or (not |aws:SecureTransport.present|) |aws:SecureTransport.ok|))
(assert (and |aws:SecureTransport.present| |aws:SecureTransport.ok| |aws:SecureTransport.value|))
(check-sat)
(get-value (action |aws:SecureTransport.ok| |aws:SecureTransport.present| |aws:SecureTransport.value| resource.account
  resource.arn resource.is_arn resource.partition resource.region resource.service))
