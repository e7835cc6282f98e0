; `ArnLike`: six fields, each of which matches on its own.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:alerts-*"}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:SourceArn.account| String)
(declare-const |aws:SourceArn.arn| String)
(declare-const |aws:SourceArn.is_arn| Bool)
(declare-const |aws:SourceArn.partition| String)
(declare-const |aws:SourceArn.present| Bool)
(declare-const |aws:SourceArn.raw| String)
(declare-const |aws:SourceArn.region| String)
(declare-const |aws:SourceArn.resource| String)
(declare-const |aws:SourceArn.service| String)
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
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))
  (str.in_re |aws:SourceArn.arn| (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
  (str.in_re |aws:SourceArn.partition| (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
  (str.in_re |aws:SourceArn.service| (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
  (str.in_re |aws:SourceArn.region| (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
  (str.in_re |aws:SourceArn.account| (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
  (not (str.in_re
    |aws:SourceArn.raw|
    (re.++
      ((_ re.loop 5 5) (re.++ (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))) (str.to_re ":")))
      re.all)))))
(assert (or (not |aws:SourceArn.present|) (and |aws:SourceArn.is_arn| (= |aws:SourceArn.arn| "arn"))))
(assert (and
  |aws:SourceArn.present|
  |aws:SourceArn.is_arn|
  (= |aws:SourceArn.arn| "arn")
  (= |aws:SourceArn.partition| "aws")
  (= |aws:SourceArn.service| "sns")
  (= |aws:SourceArn.account| "111122223333")
  (str.in_re |aws:SourceArn.resource| (re.++ (str.to_re "alerts-") re.all))))
(check-sat)
(get-value (action |aws:SourceArn.account| |aws:SourceArn.arn| |aws:SourceArn.is_arn| |aws:SourceArn.partition|
  |aws:SourceArn.present| |aws:SourceArn.raw| |aws:SourceArn.region| |aws:SourceArn.resource| |aws:SourceArn.service|
  resource.account resource.arn resource.is_arn resource.partition resource.region resource.service))
