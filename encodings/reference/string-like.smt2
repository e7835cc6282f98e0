; `StringLike`: wildcards over the whole value.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"StringLike": {"s3:prefix": ["home/*", "tmp-??"]}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.service String)
(declare-const |s3:prefix.present| Bool)
(declare-const |s3:prefix.value| String)
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
  |s3:prefix.present|
  (or
    (str.in_re |s3:prefix.value| (re.++ (str.to_re "home/") re.all))
    (str.in_re |s3:prefix.value| (re.++ (str.to_re "tmp-") re.allchar re.allchar)))))
(check-sat)
(get-value (action resource.account resource.arn resource.is_arn resource.partition resource.region resource.service
  |s3:prefix.present| |s3:prefix.value|))
