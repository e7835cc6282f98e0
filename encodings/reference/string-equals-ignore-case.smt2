; `StringEqualsIgnoreCase`: ASCII letters of either case.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"StringEqualsIgnoreCase": {"aws:PrincipalTag/team": "red"}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:PrincipalTag/team.present| Bool)
(declare-const |aws:PrincipalTag/team.value| String)
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
(assert true)
(assert (and
  |aws:PrincipalTag/team.present|
  (str.in_re
    |aws:PrincipalTag/team.value|
    (re.++
      (re.union (str.to_re "R") (str.to_re "r"))
      (re.union (str.to_re "E") (str.to_re "e"))
      (re.union (str.to_re "D") (str.to_re "d"))))))
(check-sat)
(get-value (action |aws:PrincipalTag/team.present| |aws:PrincipalTag/team.value| resource.account resource.arn
  resource.is_arn resource.partition resource.region resource.service))
