/** Default opt-out keywords: the usual words in the languages of the sandbox. */
export const OPT_OUT_WORDS: readonly string[] = [
  ...['stop', 'unsubscribe', 'opt out', 'stop it', 'stop messaging me'],
  ...['stopp', 'abmelden', 'abbestellen', 'aufhören'],
  ...['arrêt', 'arrêter', 'arrêtez', 'désabonner', 'désinscrire', 'désinscription'],
  ...['parar', 'para', 'baja', 'darme de baja', 'alto', 'desuscribir'],
  ...['pare', 'sair', 'descadastrar', 'cancelar inscrição'],
  ...['ferma', 'fermati', 'basta', 'disiscrivimi', 'annulla iscrizione'],
  ...['afmelden', 'uitschrijven'],
  ...['стоп', 'отписаться', 'отписка', 'прекратите'],
  ...['dur', 'durdur', 'abonelikten çık'],
  ...['berhenti', 'stop kirim'],
  ...['停止', '配信停止', 'ストップ', 'やめて', '配信停止してください'],
  ...['退订', '取消订阅', '停止发送', '退訂', '取消訂閱'],
  ...['중지', '그만', '수신거부', '수신 거부'],
  ...['توقف', 'إيقاف', 'قف', 'إلغاء الاشتراك'],
  ...['रोकें', 'रुको', 'बंद करो', 'बंद करें'],
];

/** Polite words around an opt-out keyword, which do not change its meaning. */
export const COURTESIES: readonly string[] = [
  ...['please', 'pls', 'thank you', 'thanks', 'thx', 'now', 'sorry'],
  ...['bitte', 'danke', 'vielen dank'],
  ...['merci', "s'il vous plaît", "s'il te plaît", 'svp', 'stp'],
  ...['por favor', 'gracias', 'muchas gracias', 'obrigado', 'obrigada'],
  ...['per favore', 'grazie', 'alsjeblieft', 'alstublieft', 'dank je', 'bedankt'],
  ...['пожалуйста', 'спасибо', 'lütfen', 'teşekkürler', 'tolong', 'terima kasih'],
  ...[
    'ありがとう',
    'ありがとうございます',
    'お願いします',
    '谢谢',
    '謝謝',
    '请',
    '請',
    '감사합니다',
    '부탁드립니다',
  ],
  ...['من فضلك', 'شكرا', 'شكرًا', 'कृपया', 'धन्यवाद'],
];
